import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewPython } from '#handler/review/review-python.js';
import { reviewScript } from '#handler/review/review-script.js';

const MIB = 1024 * 1024;
const CHILD = 'const c = require("child_process");\n';
const filled = (piece: string): string => piece.repeat(Math.ceil(MIB / piece.length));
const nested = Array.from({ length: 20_000 }, (_, index) => `f${index}();function f${index}(){`).join('');

// Each of these took minutes or hours where a pattern looks at the rest of the text from every place of it.
for (const [name, text] of [
  ['one long word', filled('x')],
  ['blanks', filled(' ')],
  ['line breaks', filled('\n')],
  ['beginnings of hidden data', filled("const a=Buffer.from('")],
  ['beginnings of hidden data without quotes', filled('const a=Buffer.from(')],
  ['hidden data that nobody runs', filled("const a=Buffer.from('','hex');")],
  ['beginnings of hidden names', filled('require([')],
  ['beginnings of downloads', filled('curl ')],
  ['calls', filled('a(')],
  ['braces', filled('function a(){')],
  ['functions that each call the next', nested],
  ['blanks before a function', `${filled(' ')}spawn`],
  ['equals signs', filled('a=')],
  ['classes in classes', filled('class A{static{')],
  ['beginnings of expressions', filled('/[')],
  ['quotes', filled('"')],
  ['brackets', filled('(')],
  ['arrows', filled('a=>')],
  ['quotes of templates', filled('`')],
  ['chains', `a${filled('.b()')}`],
  ['conditions', filled('if(a){}else ')],
  ['imports', filled('import(')],
] as const) {
  test(`${name}, a mebibyte of it, is soon looked through`, async () => {
    assert.ok(
      (await reviewScript(`${CHILD}${text}`)).some(({ message }) => message === 'uses other programs: child_process'),
    );
    reviewPython(`import os\n${text.slice(0, 20_000)}`);
    reviewPython(`import os\n#${text}`);
  });
}

test('a callback in an arrow that a name is bound to runs when the name is called', async () => {
  const kinds = async (source: string): Promise<string[]> => (await reviewScript(source)).map(({ kind }) => kind);
  const runs = 'c.execSync("id")';
  for (const arrow of [
    '(batch) => batch.map(async () =>',
    'batch => Promise.all(batch.map((one) =>',
    'async (b) => b.map(one =>',
  ]) {
    const closing = arrow.includes('all(') ? '}))' : '})';
    const late = `${CHILD}const handle = ${arrow} {\n${runs};\n${closing}`;
    assert.not((await kinds(`${late};`)).includes('attack'), arrow);
    assert.ok((await kinds(`${late};\nhandle([1]);`)).includes('attack'), arrow);
    assert.ok((await kinds(`${late}, other = (() => {\n${runs};\n})();`)).includes('attack'), arrow);
  }
  assert.ok((await kinds(`${CHILD}const x = [1].map(() => {\n${runs};\n});`)).includes('attack'));
});

test('what runs while a script is imported is found through names that are called in any order', async () => {
  const kinds = async (source: string): Promise<string[]> => (await reviewScript(source)).map(({ kind }) => kind);
  const runs = 'c.execSync("id")';
  for (const source of [
    `${CHILD}${runs}`,
    `${CHILD}function a() { ${runs} }\na();`,
    `${CHILD}a();\nfunction a() { b(); }\nfunction b() { ${runs} }`,
    `${CHILD}const b = () => { ${runs} };\nconst a = function () { b(); };\na();`,
    `${CHILD}(function () { ${runs} })();`,
    `${CHILD}function a() { function b() { ${runs} }\n b(); }\na();`,
  ])
    assert.ok((await kinds(source)).includes('attack'), source);
  for (const source of [
    `${CHILD}function a() { ${runs} }`,
    `${CHILD}function a() { ${runs} }\nx.a();`,
    `${CHILD}function b() { a(); }\nfunction a() { ${runs} }`,
    `${CHILD}const a = () => ${runs};\n`,
    `${CHILD}function execSync() {}\n`,
  ])
    assert.equal(await kinds(source), ['shell'], source);
});

test('hidden data that is run is found, however long it is', async () => {
  const data = "'".concat('QUJD'.repeat(50_000), "'");
  for (const source of [
    `const a = Buffer.from(${data}, 'base64').toString();\neval(a)`,
    `const a = atob(${data});\neval(a)`,
    `let x$ = Buffer.from(parts.join(''), "hex");\nnew Function(x$)`.replaceAll('x$', 'x'),
  ])
    assert.ok(
      (await reviewScript(source)).some(({ message }) => message === 'runs code that is hidden in data'),
      source.slice(-60),
    );
});

for (const [what, source] of [
  ['a function under another name', 'import { execSync as x } from "node:child_process";\nx("id");'],
  ['a function that is taken apart', 'const { spawn: s } = require("child_process");\ns("id");'],
  ['a function whose name is put together', 'import * as c from "node:child_process";\nc["exec" + "Sync"]("id");'],
  ['a module whose name is put together', 'const m = await import(`child_${"process"}`);\nm.execSync("id");'],
  [
    'a module whose name is reversed',
    'const n = "ssecorp_dlihc".split("").reverse().join("");\nrequire(n).execSync("id");',
  ],
  ['a module by a list', 'process.getBuiltinModule(["child", "process"].join("_")).execSync("id");'],
  ['a module in an address', 'await import("data:text/javascript;base64,AAAA");'],
  ['the text of a file', 'vm.runInThisContext(fs.readFileSync("a.txt", "utf8"));'],
  ['the text of a file, in all of the globals', '(0, eval)(fs.readFileSync("a.txt", "utf8"));'],
  ['a file of the shell', 'fs.appendFileSync(os.homedir() + "/.bashrc", "id");'],
] as const) {
  test(`a script that runs something while it is imported is seen: ${what}`, async () => {
    assert.ok((await reviewScript(source)).some(({ kind }) => kind === 'attack'));
  });
}

test('what a script may do in a function is no attack', async () => {
  for (const source of [
    'import { execFile as x } from "node:child_process";\nexport function f() { x("id"); }',
    'export function f() { vm.runInThisContext(fs.readFileSync("a.txt", "utf8")); }',
    'const words = "a b".split(" ").reverse();\nconst c = require("child_process");',
    'const url = "data:text/plain,x";',
  ])
    assert.not(
      (await reviewScript(source)).some(({ kind }) => kind === 'attack'),
      source,
    );
});

test.run();
