import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { packAndAsk } from './served.js';

const pathsOf = ({ entries }: { entries: readonly { path: string }[] }): string[] =>
  entries.map(({ path }) => path).filter((path) => path.startsWith('node_modules/') || path.startsWith('_/'));

test(
  'each bundled module has its own place, and the files that it names lie there',
  inFolder(
    {
      'm/service.ts': [
        "import { readFileSync } from 'node:fs';",
        "import { join } from 'node:path';",
        "import { words, table, wasm, listed } from 'words';",
        "import own from './lib/own.cjs';",
        "const text = readFileSync(join(__dirname, 'lib', 'own.txt'), 'utf8');",
        'export const handle = (batch: unknown[]) =>',
        '  batch.map(() => [words, table("de"), wasm, listed, own, text, __filename.split("/").pop()]);',
      ].join('\n'),
      'm/lib/own.cjs': "module.exports = require('fs').readFileSync(require.resolve('./own.txt'), 'utf8');",
      'm/lib/own.txt': 'own',
      'node_modules/words/package.json': '{"name":"words","type":"module","exports":"./dist/index.js"}',
      'node_modules/words/dist/index.js': [
        "import { readFileSync, readdirSync } from 'node:fs';",
        "import { dirname, join } from 'node:path';",
        "import { fileURLToPath } from 'node:url';",
        'const here = dirname(fileURLToPath(import.meta.url));',
        "export const words = readFileSync(join(here, '..', 'dictionary'), 'utf8');",
        `export const table = (language) => readFileSync(\`\${here}/tables/\${language}.json\`, 'utf8');`,
        "export const wasm = readFileSync(new URL('./own.wasm', import.meta.url)).length;",
        "export const listed = readdirSync(join(here, 'tables'));",
      ].join('\n'),
      'node_modules/words/dictionary': 'der die das',
      'node_modules/words/dist/own.wasm': Buffer.from([0, 97, 115, 109]),
      'node_modules/words/dist/tables/de.json': '{}',
      'node_modules/words/dist/tables/en.json': '{}',
      'node_modules/words/README.md': 'not needed',
    },
    async ({ path }) => {
      const { answer, build } = await packAndAsk(path, 'service.ts');
      assert.equal(answer, ['der die das', '{}', 4, ['de.json', 'en.json'], 'own', 'own', 'service.mjs']);
      assert.equal(pathsOf(build), [
        'node_modules/words/dictionary',
        'node_modules/words/dist/own.wasm',
        'node_modules/words/dist/tables/de.json',
        'node_modules/words/dist/tables/en.json',
      ]);
      const map = JSON.parse(readFileSync(join(path, 'noop/service.mjs.map'), 'utf8'));
      const source = map.sourcesContent[map.sources.indexOf('service.ts')];
      assert.is(source, readFileSync(join(path, 'm/service.ts'), 'utf8'));
    },
  ),
);

test(
  'places that are put together in other ways are found as well',
  inFolder(
    {
      'm/service.cjs': [
        "const fs = require('node:fs');",
        "const read = require('pieces');",
        'exports.handle = (batch) => batch.map(() => read.all);',
      ].join('\n'),
      'node_modules/pieces/index.js': [
        "'use strict';",
        "const fs = require('fs'), path_1 = require('path');",
        "const base = __dirname + '/data';",
        "const file = (0, path_1.resolve)(__dirname, 'a.txt');",
        "const name = process.env.NOBODY_SETS_THIS || 'two';",
        'exports.all = [',
        "  fs.readFileSync(file, 'utf8'), fs.readFileSync(base + '/one.bin', 'utf8'),",
        `  fs.readFileSync(path_1.join(base, 'deep', name), 'utf8'), fs.readFileSync(\`\${__dirname}/b.txt\`, 'utf8'),`,
        "  fs.readFileSync(__dirname + '/part-' + name + '.txt', 'utf8'),",
        "  fs.readFileSync(path_1.join(path_1.dirname(__filename), 'template.js'), 'utf8'),",
        "  require(path_1.join(__dirname, 'c.json')).c,",
        "  fs.readFileSync(path_1.dirname(require.resolve('pieces/package.json')) + '/d.bin', 'utf8'),",
        "  require.resolve('pieces/data/one.bin').split('/').slice(-2).join('/'),",
        '];',
      ].join('\n'),
      'node_modules/pieces/a.txt': 'a',
      'node_modules/pieces/b.txt': 'b',
      'node_modules/pieces/package.json': '{"name":"pieces","main":"index.js"}',
      'node_modules/pieces/c.json': '{"c":"c"}',
      'node_modules/pieces/d.bin': 'd',
      'node_modules/pieces/part-two.txt': 'part',
      'node_modules/pieces/template.js': '{{not a script}}',
      'node_modules/pieces/data/one.bin': 'one',
      'node_modules/pieces/data/deep/two': 'two',
    },
    async ({ path }) => {
      const { answer } = await packAndAsk(path, 'service.cjs');
      assert.equal(answer, ['a', 'one', 'two', 'b', 'part', '{{not a script}}', 'c', 'd', 'data/one.bin']);
    },
  ),
);

test(
  'threads and processes of a handler are compiled with what they import, and have the provided modules',
  inFolder(
    {
      // Without the loader of TypeScript that this test itself runs in.
      'm/service.ts': [
        "import { fork } from 'node:child_process';",
        "import { once } from 'node:events';",
        "import path from 'node:path';",
        "import { Worker } from 'node:worker_threads';",
        "import { pool } from 'pool';",
        'export async function handle(batch: unknown[]) {',
        "  const thread = new Worker(new URL('./lib/work.ts', import.meta.url), { workerData: 5, execArgv: [] });",
        "  const child = fork(path.join(__dirname, 'lib', 'child.ts'), [], { execArgv: [] });",
        "  const [[told], [heard]] = await Promise.all([once(thread, 'message'), once(child, 'message')]);",
        '  child.kill();',
        '  const pooled = await pool();',
        '  return batch.map(() => ({ told, heard, pooled }));',
        '}',
      ].join('\n'),
      'm/lib/work.ts': [
        "import { parentPort, workerData } from 'node:worker_threads';",
        "import sharp from 'sharp';",
        "import { twice } from './twice.js';",
        'parentPort?.postMessage([twice(workerData), typeof sharp]);',
      ].join('\n'),
      'm/lib/child.ts': "import { twice } from './twice.js';\nprocess.send?.(twice(4));\n",
      'm/lib/twice.ts': 'export const twice = (n: number): number => 2 * n;\n',
      'node_modules/pool/index.js': [
        "const { Worker } = require('worker_threads');",
        "const { resolve } = require('path');",
        'exports.pool = () => new Promise((done, fail) => {',
        "  const worker = new Worker(resolve(__dirname, 'worker.js'), { execArgv: [] });",
        "  worker.once('message', done); worker.once('error', fail);",
        '});',
      ].join('\n'),
      'node_modules/pool/worker.js':
        "const { Tensor } = require('onnxruntime-node');\nrequire('worker_threads').parentPort.postMessage([require('./n').n, new Tensor('float32', [1], [1]).size]);",
      'node_modules/pool/n.js': 'exports.n = 7;',
    },
    async ({ path }) => {
      const { answer, build } = await packAndAsk(path, 'service.ts');
      assert.equal(answer, { told: [10, 'function'], heard: 8, pooled: [7, 1] });
      const paths = build.entries.map((entry) => entry.path);
      assert.ok(paths.includes('lib/work.mjs') && paths.includes('lib/child.mjs'), String(paths));
      assert.ok(paths.includes('node_modules/pool/worker.js') && !paths.includes('lib/work.ts'), String(paths));
    },
  ),
);

test(
  'a script to start that is not there is an error at its place',
  inFolder(
    {
      'm/service.ts':
        "import { Worker } from 'node:worker_threads';\nexport const handle = () => [new Worker(new URL('./gone.ts', import.meta.url))];\n",
    },
    async ({ path }) => {
      const error = await rejectsWith('ERR_HANDLER_COMPILE', () => packAndAsk(path, 'service.ts'));
      assert.match(error.detail ?? '', /service\.ts:2:\d+: Worker starts gone\.ts, which does not exist/);
      assert.not(existsSync(join(path, 'noop')));
    },
  ),
);

test(
  'files beside packages of pnpm, and beside code outside of the model directory, have a place',
  inFolder(
    {
      'm/service.ts':
        "import a from '../node_modules/.pnpm/a@1.0.0/node_modules/a/index.js';\nimport b from '../shared/b.js';\nexport const handle = (batch: unknown[]) => batch.map(() => a + b);\n",
      'node_modules/.pnpm/a@1.0.0/node_modules/a/index.js':
        "module.exports = require('fs').readFileSync(__dirname + '/a b#.txt', 'utf8');",
      'node_modules/.pnpm/a@1.0.0/node_modules/a/a b#.txt': 'a',
      'shared/b.js': "module.exports = require('fs').readFileSync(require('path').join(__dirname, 'b.txt'), 'utf8');",
      'shared/b.txt': 'b',
    },
    async ({ path }) => {
      const { answer, build } = await packAndAsk(path, 'service.ts');
      assert.is(answer, 'ab');
      assert.equal(pathsOf(build), ['_/shared/b.txt', 'node_modules/a/a b#.txt']);
    },
  ),
);

test.run();
