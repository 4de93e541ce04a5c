import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { packAndAsk } from './served.js';

const pathsOf = ({ entries }: { entries: readonly { path: string }[] }): string[] => entries.map(({ path }) => path);

for (const [form, lines] of Object.entries({
  'called at once': [
    "import { createRequire } from 'node:module';",
    "const data = createRequire(import.meta.url)('./data.json');",
  ],
  'under a name of its own': [
    "import * as nodeModule from 'node:module';",
    'const load = nodeModule.createRequire(import.meta.url);',
    "const data = load('./data.json');",
  ],
  'with a computed name': [
    "import { createRequire } from 'node:module';",
    'const load = createRequire(import.meta.url);',
    `const data = ['data'].map((name) => load(\`./\${name}.json\`))[0];`,
  ],
}))
  test(
    `what createRequire makes finds what lies beside its module: ${form}`,
    inFolder(
      {
        'm/service.mjs': "import { data } from 'pkg';\nexport const handle = (batch) => batch.map(() => data);",
        'node_modules/pkg/package.json': '{"name":"pkg","type":"module","exports":"./lib/index.js"}',
        'node_modules/pkg/lib/index.js': `${lines.join('\n')}\nexport { data };`,
        'node_modules/pkg/lib/data.json': '{"a":1}',
      },
      async ({ path }) => {
        assert.equal((await packAndAsk(path, 'service.mjs')).answer, { a: 1 });
      },
    ),
  );

test(
  'scripts and data of packages that createRequire and import.meta.resolve name are there',
  inFolder(
    {
      'm/service.ts': [
        "import { readFileSync } from 'node:fs';",
        "import { createRequire } from 'node:module';",
        "import { fileURLToPath } from 'node:url';",
        'const load = createRequire(__filename);',
        "const { half } = load('pkg/half');",
        "const words = readFileSync(load.resolve('pkg/words.txt'), 'utf8');",
        "const own = readFileSync(new URL(import.meta.resolve('./own.txt')), 'utf8');",
        "const theirs = readFileSync(fileURLToPath(import.meta.resolve('pkg/words.txt')), 'utf8');",
        "const builtin = [import.meta.resolve('node:fs'), import.meta.resolve('fs')];",
        'export const handle = (batch: unknown[]) => batch.map(() => [half(8), words, own, theirs, builtin]);',
      ].join('\n'),
      'm/own.txt': 'own',
      'node_modules/pkg/package.json': '{"name":"pkg"}',
      'node_modules/pkg/half.js': 'exports.half = (n) => n / 2;',
      'node_modules/pkg/words.txt': 'words',
    },
    async ({ path }) => {
      const { answer } = await packAndAsk(path, 'service.ts');
      assert.equal(answer, [4, 'words', 'own', 'words', ['node:fs', 'node:fs']]);
    },
  ),
);

/** A folder of plugins whose index loads all that lie beside it. */
const plugins = (folder: string, index: string) => ({
  [`${folder}/index.js`]: index,
  [`${folder}/one.js`]: "module.exports = 'one';",
  [`${folder}/two.js`]: "module.exports = 'two';",
});
const LISTED = [
  "const fs = require('fs'), path = require('path');",
  'module.exports = fs.readdirSync(__dirname)',
  "  .filter((name) => name.endsWith('.js') && name !== path.basename(__filename)).sort()",
  '  .map((name) => require(path.join(__dirname, name)));',
].join('\n');

test(
  'a folder that a package or the handler looks into has its scripts in the archive',
  inFolder(
    {
      'm/service.mjs': [
        "import theirs from 'pkg';",
        "import own from './plugins/index.js';",
        'export const handle = (batch) => batch.map(() => [theirs, own]);',
      ].join('\n'),
      ...plugins('m/plugins', LISTED),
      ...plugins('node_modules/pkg', LISTED),
    },
    async ({ path }) => {
      const { answer, build } = await packAndAsk(path, 'service.mjs');
      assert.equal(answer, [
        ['one', 'two'],
        ['one', 'two'],
      ]);
      assert.ok(pathsOf(build).includes('plugins/one.js'));
    },
  ),
);

test(
  'modules are imported by paths and URLs that are put together',
  inFolder(
    {
      'm/service.ts': [
        "import { readdirSync } from 'node:fs';",
        "import path from 'node:path';",
        "import { pathToFileURL } from 'node:url';",
        "const folder = path.join(import.meta.dirname, 'lang');",
        'const names = readdirSync(folder).filter((name) => /^..\\.ts$/.test(name)).sort();',
        'const load = async (name: string) => [',
        '  await import(path.join(folder, name)),',
        "  await import(pathToFileURL(path.join(import.meta.dirname, 'lang', name)).href),",
        `  await import(new URL(\`./lang/\${name}\`, import.meta.url).href),`,
        `  await import(\`./lang/\${name}\`),`,
        "  await import(path.join(import.meta.dirname, 'lang', 'de.ts')),",
        '].map(({ word }) => word);',
        'export const handle = (batch: unknown[]) => batch.map(() => Promise.all(names.map(load)));',
      ].join('\n'),
      'm/lang/de.ts': "export const word: string = 'ja';",
      'm/lang/en.ts': "export const word: string = 'yes';",
    },
    async ({ path }) => {
      const { answer } = await packAndAsk(path, 'service.ts');
      assert.equal(answer, [
        ['ja', 'ja', 'ja', 'ja', 'ja'],
        ['yes', 'yes', 'yes', 'yes', 'ja'],
      ]);
    },
  ),
);

test(
  'scripts that are required by their whole path are bundled with what they import',
  inFolder(
    {
      'm/service.cjs': [
        "const path = require('path');",
        "const { twice } = require(path.join(__dirname, 'lib', 'twice.js'));",
        "const { thrice } = require(path.resolve(__dirname, 'lib/thrice.ts'));",
        "const { words } = require(require.resolve('./lib/words.js'));",
        'exports.handle = (batch) => batch.map(() => [twice(2), thrice(2), words]);',
      ].join('\n'),
      'm/lib/twice.js': "const { by } = require('./by.js');\nexports.twice = (n) => by(2, n);",
      'm/lib/thrice.ts': "import { by } from './by.js';\nexport const thrice = (n: number): number => by(3, n);",
      'm/lib/by.js': 'exports.by = (a, b) => a * b;',
      'm/lib/words.js': "exports.words = 'words';",
    },
    async ({ path }) => {
      assert.equal((await packAndAsk(path, 'service.cjs')).answer, [4, 6, 'words']);
    },
  ),
);

test(
  'files beside what is loaded by a computed name need not be scripts',
  inFolder(
    {
      'm/service.mjs': [
        "const load = (name) => import('./plugins/' + name);",
        "const gone = (name) => import('./plugins/' + name).catch((error) => error.message);",
        "export const handle = (batch) => batch.map(async () => [(await load('a.js')).default, await gone('w.onnx')]);",
      ].join('\n'),
      'm/plugins/a.js': 'export default 1;',
      'm/plugins/notes.md': '# notes',
      'm/plugins/w.onnx': 'weights',
    },
    async ({ path }) => {
      assert.equal((await packAndAsk(path, 'service.mjs')).answer, [1, 'w.onnx is not a script.']);
    },
  ),
);

test(
  'a file that is imported by its name and is no script is an error that says how to read it',
  inFolder(
    {
      'm/service.mjs': "import wasm from './own.wasm';\nexport const handle = (batch) => batch.map(() => wasm);",
      'm/own.wasm': 'wasm',
    },
    async ({ path }) => {
      const error = await rejectsWith('ERR_HANDLER_COMPILE', () => packAndAsk(path, 'service.mjs'));
      assert.match(error.detail ?? '', /No loader is configured for "\.wasm" files: own\.wasm/);
      assert.match(error.hint ?? '', /^Read the file instead of importing it: readFileSync\(new URL/);
    },
  ),
);

test(
  'what is imported for its effect alone is run, whatever a package.json says',
  inFolder(
    {
      'm/package.json': '{"type":"module","sideEffects":false}',
      'm/service.js':
        "import './own.js';\nimport 'pkg/register.js';\nexport const handle = (batch) => batch.map(() => [globalThis.own, globalThis.theirs]);",
      'm/own.js': "globalThis.own = 'own';",
      'node_modules/pkg/package.json': '{"name":"pkg","sideEffects":false}',
      'node_modules/pkg/register.js': "globalThis.theirs = 'theirs';",
    },
    async ({ path }) => {
      assert.equal((await packAndAsk(path, 'service.js')).answer, ['own', 'theirs']);
    },
  ),
);

const STORE = 'node_modules/.pnpm';
const inStore = (name: string, version: string, more: Readonly<Record<string, string>>) => {
  const folder = `${STORE}/${name}@${version}/node_modules/${name}`;
  const files = { 'package.json': JSON.stringify({ name, version }), ...more };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]));
};

test(
  'two versions of a package in the folder of pnpm each have their own files',
  inFolder(
    {
      'm/service.mjs':
        "import a from 'a';\nimport words from 'words';\nexport const handle = (batch) => batch.map(() => [a, words]);",
      ...inStore('a', '1.0.0', { 'index.js': "module.exports = require('words');" }),
      ...inStore('words', '1.0.0', {
        'index.js': "module.exports = require('fs').readFileSync(__dirname + '/words.txt', 'utf8');",
        'words.txt': 'one',
      }),
      ...inStore('words', '2.0.0', {
        'index.js': "module.exports = require('fs').readFileSync(require.resolve('words/words.txt'), 'utf8');",
        'words.txt': 'two',
      }),
    },
    async ({ path }) => {
      symlinkSync('.pnpm/words@1.0.0/node_modules/words', join(path, 'node_modules/words'));
      symlinkSync('.pnpm/a@1.0.0/node_modules/a', join(path, 'node_modules/a'));
      symlinkSync('../../words@2.0.0/node_modules/words', join(path, STORE, 'a@1.0.0/node_modules/words'));
      assert.equal((await packAndAsk(path, 'service.mjs')).answer, ['two', 'one']);
    },
  ),
);

test.run();
