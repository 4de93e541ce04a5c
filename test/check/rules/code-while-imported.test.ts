import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';
import { at, python } from './python-handler.js';
import { tellRules } from './tell-rules.js';

await tellRules(CODE_RULES, [
  [
    'a shell while it is imported, by any name',
    python('import os\nfrom os import popen as p\nimport subprocess as s\nos.system("x")\np("y")\ns.run(["z"])'),
    [
      `MAR331 service.py runs os.system while it is imported${at('4:1')}`,
      `MAR331 service.py runs os.popen while it is imported${at('5:1')}`,
      `MAR331 service.py runs subprocess.run while it is imported${at('6:1')}`,
    ],
  ],
  [
    'the same under the question for the main module',
    python('import os\nif __name__ == "__main__":\n    os.system("x")'),
    [`MAR332 service.py uses a shell: os.system${at('3:5')}`],
  ],
  [
    'the same under the question for the main module, under one more condition',
    python('import os, sys\nif sys.platform != "win32" and __name__ == "__main__":\n    os.system("x")'),
    [`MAR332 service.py uses a shell: os.system${at('3:5')}`],
  ],
  [
    'commands under conditions that look like that one',
    python(
      'import os\nplatform = 1\nif platform != 2:\n    os.system("x")\nif __name__ != "x":\n    os.popen("x")\nif platform == 1 or __name__ == "__main__":\n    os.execv("x")',
    ),
    [
      `MAR331 service.py runs os.system while it is imported${at('4:5')}`,
      `MAR331 service.py runs os.popen while it is imported${at('6:5')}`,
      `MAR331 service.py runs os.execv while it is imported${at('8:5')}`,
    ],
  ],
  [
    'another module of the archive',
    pythonFiles({ 'lib/helper.py': 'import os\nos.system("x")' }),
    ['MAR331 lib/helper.py runs os.system while it is imported @ lib/helper.py 2:1'],
  ],
  [
    'hidden names of what runs code, hooks, and what is done to an object while it is imported',
    python(
      [
        'import os, signal, sys',
        'e = exec',
        'n = "sys" + "tem"',
        'getattr(os, n)("x")',
        'exec("import os; os.system(1)")',
        'sys.excepthook = lambda *a: os.popen("x")',
        'signal.signal(1, lambda *a: os.execv("x", []))',
        'class A:\n    def __add__(self, other):\n        os.system("x")\nA() + 1',
        'P = "/home/x" + "/.bashrc"',
      ].join('\n'),
    ),
    [
      `MAR330 service.py uses code from text while it is imported: exec (line 2)${at('2:5')}`,
      `MAR331 service.py gives exec another name${at('2:5')}`,
      `MAR331 service.py names a file with which a machine is taken over${at('12:17')}`,
      `MAR331 service.py runs commands by a text while it is imported: exec${at('5:1')}`,
      `MAR331 service.py runs os.execv while it is imported${at('7:29')}`,
      `MAR331 service.py runs os.popen while it is imported${at('6:29')}`,
      `MAR331 service.py runs os.system while it is imported${at('4:1')}`,
      `MAR331 service.py takes a function of os by a name that is computed${at('4:8')}`,
    ],
  ],
  [
    'a helper whose function is called while the handler is imported',
    pythonFiles({
      'service.py': `import helper\nhelper.setup()\n${PYTHON_HANDLER}`,
      'helper.py': 'import os\ndef setup():\n    os.system("id")\n',
    }),
    ['MAR331 helper.py runs os.system while it is imported @ helper.py 3:5'],
  ],
  [
    'a file that is imported whatever it is called, a module of the library for programs, and a file that is run by a function',
    python(
      'import imp\nimport cProfile\nimp.load_source("x", "a.txt")\ncProfile.run("y")\ndef f():\n    exec(open("a.txt").read())\nf()',
    ),
    [
      `MAR330 service.py uses code from text: exec (line 6)${at('6:5')}`,
      `MAR331 service.py imports a file that is not called a module while it is imported: imp.load_source${at('3:1')}`,
      `MAR331 service.py runs cProfile.run while it is imported${at('4:1')}`,
      `MAR331 service.py runs code from elsewhere while it is imported: exec${at('6:5')}`,
    ],
  ],
  ...(
    [
      ['a class body', 'import os\nclass A:\n    os.system("x")', 'runs os.system while it is imported', '3:5'],
      ['a default', 'import os\ndef f(x=os.system("x")):\n    pass', 'runs os.system while it is imported', '2:9'],
      [
        'a function that is called',
        'import os\ndef f():\n    os.system("x")\ndef g():\n    f()\ng()',
        'runs os.system while it is imported',
        '3:5',
      ],
      [
        'a decorator',
        'import os\ndef d(f):\n    os.system("x")\n@d\ndef g():\n    pass',
        'runs os.system while it is imported',
        '3:5',
      ],
      [
        'an instance',
        'import os\nclass A:\n    def __init__(self):\n        os.system("x")\na = A()',
        'runs os.system while it is imported',
        '4:9',
      ],
      [
        'a metaclass',
        'import os\nclass M(type):\n    def __init__(cls, *a):\n        os.system("x")',
        'runs os.system while it is imported',
        '4:9',
      ],
      [
        'a subclass',
        'import os\nclass A:\n    def __init_subclass__(cls):\n        os.system("x")',
        'runs os.system while it is imported',
        '4:9',
      ],
      [
        'a lambda that is called',
        'import os\n(lambda: os.system("x"))()',
        'runs os.system while it is imported',
        '2:10',
      ],
      ['a star', 'from os import *\nsystem("x")', 'runs os.system while it is imported', '2:1'],
      ['posix', 'import posix\nposix.system("x")', 'runs posix.system while it is imported', '2:1'],
      [
        'operator',
        'import operator\ndef f(o):\n    operator.methodcaller("system", "x")(o)',
        'takes a function whose name is hidden: operator.methodcaller',
        '3:5',
      ],
      ['sys.modules', 'import sys\nsys.modules["os"].x', "reaches for functions through Python's insides", '2:1'],
      [
        '__globals__',
        'def f(x):\n    x.__init__.__globals__["sys" + "tem"]("x")',
        "reaches for functions through Python's insides",
        '2:7',
      ],
      [
        'a key of a machine',
        'import os\nP = "/root/.ssh/authorized_keys"',
        'names a file with which a machine is taken over',
        '2:12',
      ],
    ] as const
  ).map(
    ([what, code, message, place]) =>
      [`a shell by ${what}`, python(code), [`MAR331 service.py ${message}${at(place)}`]] as const,
  ),
  [
    'code from elsewhere, a pickle in the source, a request in a shell',
    python(
      'import os, pickle, runpy, importlib\nexec(open("x").read())\nrunpy.run_path("y")\nimportlib.import_module("os")\npickle.loads(b"x")\ndef f(data):\n    os.system(data[0])',
    ),
    [
      `MAR330 service.py uses code from text while it is imported: exec (line 2), uses code from text while it is imported: runpy.run_path (line 3), uses code from text while it is imported: importlib.import_module (line 4), uses pickles while it is imported: pickle.loads (line 5)${at('2:1')}`,
      `MAR331 service.py runs code from elsewhere while it is imported: exec${at('2:1')}`,
      `MAR331 service.py runs code from elsewhere while it is imported: runpy.run_path${at('3:1')}`,
      `MAR331 service.py imports os by a call, while it is imported itself${at('4:1')}`,
      `MAR331 service.py loads a pickle that is hidden in the source: pickle.loads${at('5:1')}`,
      `MAR331 service.py runs what a request says: os.system${at('7:5')}`,
      `MAR332 service.py uses a shell: os.system${at('7:5')}`,
    ],
  ],
  [
    'what handlers do while they are imported',
    python(
      'import os\nclass Service:\n    def __init__(self):\n        self.ready = False\n    def start(self):\n        os.system("x")\n_service = Service()',
    ),
    [`MAR332 service.py uses a shell: os.system${at('6:9')}`],
  ],
]);

test.run();
