import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewScripts } from '#handler/review/review-script.js';
import { packageOf } from '#handler/review/script/module-paths.js';

const C = 'const cp = require("child_process");\nexports.setup = () => cp.execSync("id");';
const M =
  'import { execSync as e } from "node:child_process";\nexport function setup() { e("id") }\nexport default class H { constructor() { e("id") }\n static make() { return new H() } }\nexport const o = { deep: { go: () => e("id") } };\nexport const later = (f) => f(e);';

/** The gravest kind that is said of each script. */
async function kinds(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const all = Object.entries(files);
  const packages = all.filter(([path]) => path.endsWith('package.json'));
  const found = await reviewScripts(
    new Map(all.filter(([path]) => !path.endsWith('.json'))),
    new Map(packages.map(([path, text]) => [path.replace(/\/?package\.json$/, '') || '.', packageOf(text)])),
  );
  const order = ['attack', 'unread', 'shell'];
  return Object.fromEntries(
    [...found].map(([path, remarks]) => [path, order.find((kind) => remarks.some((one) => one.kind === kind)) ?? '']),
  );
}

// Each of these was run by Node and started its program.
for (const [what, files, guilty] of [
  ['by its name', { 'h.mjs': 'import { setup as s } from "./m.mjs";\ns()', 'm.mjs': M }, 'm.mjs'],
  ['by its module', { 'h.mjs': 'import * as h from "./m.mjs";\nh["setup"]()', 'm.mjs': M }, 'm.mjs'],
  ['a class', { 'h.mjs': 'import H from "./m.mjs";\nH.make()', 'm.mjs': M }, 'm.mjs'],
  ['deep in an object', { 'h.mjs': 'import { o } from "./m.mjs";\no.deep.go()', 'm.mjs': M }, 'm.mjs'],
  ['a callback', { 'h.mjs': 'import { later } from "./m.mjs";\nlater((e) => e("id"))', 'm.mjs': M }, 'h.mjs'],
  [
    'through all of another',
    { 'h.mjs': 'import { setup } from "./a.mjs";\nsetup()', 'a.mjs': 'export * from "./m.mjs"', 'm.mjs': M },
    'm.mjs',
  ],
  [
    'under a name of another',
    { 'h.mjs': 'import { n } from "./a.mjs";\nn.setup()', 'a.mjs': 'export * as n from "./m.mjs"', 'm.mjs': M },
    'm.mjs',
  ],
  [
    'as the default of another',
    { 'h.mjs': 'import go from "./a.mjs";\ngo()', 'a.mjs': 'export { setup as default } from "./m.mjs"', 'm.mjs': M },
    'm.mjs',
  ],
  ['by a call', { 'h.mjs': 'const { setup } = await import("./m.mjs");\nsetup()', 'm.mjs': M }, 'm.mjs'],
  [
    'as what is waited for',
    {
      'h.mjs': 'await import("./t.mjs")',
      't.mjs': 'import { execSync } from "child_process";\nexport function then(ok) { execSync("id"); ok() }',
    },
    't.mjs',
  ],
  ['by require', { 'h.cjs': 'require("./m").setup()', 'm.js': C }, 'm.js'],
  ['of a folder', { 'h.cjs': 'require("./lib").setup()', 'lib/index.js': C }, 'lib/index.js'],
  ['by a path', { 'h.cjs': 'require(require("path").join(__dirname, "m.js")).setup()', 'm.js': C }, 'm.js'],
  [
    'of a package',
    {
      'h.mjs': 'import { setup } from "evil";\nsetup()',
      'node_modules/evil/package.json': '{"main":"x/y.js"}',
      'node_modules/evil/x/y.js': C,
      'node_modules/evil/index.js': '',
    },
    'node_modules/evil/x/y.js',
  ],
  [
    'of a part of a package',
    {
      'h.mjs': 'import { setup } from "evil/s";\nsetup()',
      'node_modules/evil/package.json': '{"exports":{"./s":{"import":"./y.mjs"}}}',
      'node_modules/evil/y.mjs': M,
    },
    'node_modules/evil/y.mjs',
  ],
  [
    'by a name of the package itself',
    { 'h.mjs': 'import { setup } from "#x";\nsetup()', 'package.json': '{"imports":{"#x":"./m.mjs"}}', 'm.mjs': M },
    'm.mjs',
  ],
  [
    'that is given the module',
    {
      'h.mjs': 'import cp from "child_process";\nimport { use } from "./b.mjs";\nuse(cp)',
      'b.mjs': 'export const use = (x) => x.execSync("id")',
    },
    'b.mjs',
  ],
  [
    'by the globals',
    {
      'h.mjs': 'import "./a.mjs";\nglobalThis.go("id")',
      'a.mjs': 'import { execSync } from "child_process";\nglobalThis.go = execSync',
    },
    'h.mjs',
  ],
  [
    'in a list of another',
    {
      'h.cjs': 'const r = require("./r");\nrequire("./a");\nr.all.forEach((f) => f())',
      'r.js': 'exports.all = []',
      'a.js': 'require("./r").all.push(() => require("child_process").execSync("id"))',
    },
    'a.js',
  ],
  [
    'by the class above',
    {
      'h.mjs':
        'import { B } from "./b.mjs";\nimport { execSync } from "child_process";\nclass A extends B { run() { execSync("id") } }\nnew A()',
      'b.mjs': 'export class B { constructor() { this.run() } }',
    },
    'h.mjs',
  ],
] as const) {
  test(`a function that another script calls while it is imported runs then: ${what}`, async () => {
    assert.is((await kinds(files))[guilty], 'attack');
  });
}

for (const [what, files] of [
  ['nobody calls it', { 'h.mjs': 'import { setup } from "./m.mjs";\nexport { setup }', 'm.mjs': M }],
  [
    'it is called in a function',
    { 'h.mjs': 'import { setup } from "./m.mjs";\nexport const f = () => setup()', 'm.mjs': M },
  ],
  [
    'another module has it',
    {
      'h.mjs': 'import { setup } from "./other.mjs";\nsetup()',
      'other.mjs': 'export const setup = () => 1',
      'm.mjs': M,
    },
  ],
] as const) {
  test(`a function that starts a program is a risk, and no attack, where ${what}`, async () => {
    assert.is((await kinds(files))['m.mjs'], 'shell');
  });
}

test('a program of a package that nothing imports is a risk', async () => {
  const program = 'require("child_process").execSync("id")';
  const files = { 'h.cjs': 'require("p")', 'node_modules/p/index.js': '', 'node_modules/p/cli.js': program };
  assert.equal(await kinds(files), { 'node_modules/p/cli.js': 'shell' });
  assert.equal(await kinds({ ...files, 'h.cjs': 'require("p/cli")' }), { 'node_modules/p/cli.js': 'attack' });
});

test('modules of a bundle are told apart', async () => {
  const bundle = (start: string): string => `var __getNames = Object.getOwnPropertyNames;
var __commonJS = (cb, mod) => function () { return mod || (0, cb[__getNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports; };
var require_a = __commonJS({ "a.js"(exports, module) { module.exports = { run: () => require("child_process").execSync("id") }; } });
var require_b = __commonJS({ "b.js"(exports, module) { module.exports = { run: () => 1 }; } });
var a = require_a(), b = require_b();
${start}`;
  assert.equal(await kinds({ 'x.cjs': bundle('b.run()') }), { 'x.cjs': 'shell' });
  assert.equal(await kinds({ 'x.cjs': bundle('a.run()') }), { 'x.cjs': 'attack' });
});

test.run();
