import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../support/model-folder.js';
import { packAndAsk } from './served.js';

/** A package whose `load` finds plugins by a computed name, and the files that lie beside them. */
const packageWith = (load: string) => ({
  'node_modules/loader/index.js': `const path = require('path');\nexports.load = (name) => ${load};`,
  'node_modules/loader/plugins/a.js': "module.exports = 'script';",
  'node_modules/loader/plugins/b.json': '"json"',
  'node_modules/loader/plugins/c/index.js': "module.exports = 'folder';",
  'node_modules/loader/plugins/README.md': '# Plugins',
  'node_modules/loader/plugins/a.js.map': '{}',
  'node_modules/loader/plugins/a.d.ts': 'declare const text: string; export = text;',
});
const HANDLER = [
  "import { load } from 'loader';",
  "const found = ['a', 'a.js', 'b', 'c', 'c/'].map((name) => load(name));",
  "let missing; try { load('gone'); } catch (error) { missing = error.code; }",
  'export const handle = (batch) => batch.map(() => [...found, missing]);',
].join('\n');
const FOUND = ['script', 'script', 'json', 'folder', 'folder', 'MODULE_NOT_FOUND'];

for (const load of [
  "require('./plugins/' + name)",
  `require(\`./plugins/\${name}\`)`,
  "require(path.join(__dirname, 'plugins', name))",
  "require(__dirname + '/plugins/' + name)",
  `require(\`\${__dirname}/plugins/\${name}\`)`,
])
  test(
    `a package that loads its plugins by a computed name finds them: ${load}`,
    inFolder({ 'm/service.mjs': HANDLER, ...packageWith(load) }, async ({ path }) => {
      assert.equal((await packAndAsk(path, 'service.mjs')).answer, FOUND);
    }),
  );

test(
  'plugins of the handler itself, in TypeScript, are found as their sources and as what they become',
  inFolder(
    {
      'm/service.ts':
        "const load = (name: string) => import('./plugins/' + name);\nexport const handle = (batch: unknown[]) => batch.map(async () => [(await load('a.js')).text, (await load('a.ts')).text]);",
      'm/plugins/a.ts': "export const text: string = 'typed';",
    },
    async ({ path }) => {
      assert.equal((await packAndAsk(path, 'service.ts')).answer, ['typed', 'typed']);
    },
  ),
);

test.run();
