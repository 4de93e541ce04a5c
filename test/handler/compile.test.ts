import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileHandler } from '#handler/compile.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

async function load(folder: string, code: Buffer): Promise<Record<string, unknown>> {
  const file = join(folder, 'compiled.mjs');
  writeFileSync(file, code);
  return import(pathToFileURL(file).href);
}

test(
  'local, npm and CommonJS imports end up in one module that runs',
  inFolder(
    {
      'service.ts': [
        "import { createRequire } from 'node:module';",
        "import { twice } from './twice';",
        "import old from 'old';",
        'const require = createRequire(import.meta.url);',
        'export const handle = (batch: number[]) => batch.map((n) => [twice(n), old(n), typeof require].join(" "));',
      ].join('\n'),
      'twice.ts': 'export const twice = (n: number): number => n * 2;',
      'node_modules/old/index.js':
        "const { sep } = require('node:path');\nmodule.exports = (n) => String(n) + sep.length;",
    },
    async ({ path }) => {
      const compiled = await compileHandler(join(path, 'service.ts'));
      assert.equal(compiled.exports, ['handle']);
      assert.equal(compiled.provided, {});
      const { handle } = await load(path, compiled.code);
      assert.equal((handle as (batch: number[]) => string[])([4]), ['8 41 function']);
      const map = JSON.parse(compiled.sourceMap.toString());
      assert.ok(map.sources.includes('service.ts'));
      assert.match(map.sourcesContent[map.sources.indexOf('service.ts')], /twice\(n\)/);
    },
  ),
);

test(
  'provided modules stay outside and are recorded with their versions',
  inFolder(
    {
      'service.mjs':
        "import 'model-archiver/service';\nimport sharp from 'sharp';\nexport default class Service { handle() { return [sharp]; } }",
    },
    async ({ path }) => {
      const { provided, exports, code } = await compileHandler(join(path, 'service.mjs'));
      assert.equal(Object.keys(provided), ['model-archiver/service', 'sharp']);
      assert.match(provided['sharp'] ?? '', /^\d+\.\d+\.\d+/);
      assert.equal(exports, ['default']);
      assert.match(code.toString(), /from "sharp"/);
    },
  ),
);

test(
  'a CommonJS handler keeps its named exports',
  inFolder(
    { 'service.cjs': "exports.handle = (batch) => batch;\nexports.delete = 1;\nexports['top-k'] = 2;" },
    async ({ path }) => {
      const { exports, code, inputs } = await compileHandler(join(path, 'service.cjs'));
      assert.equal(inputs, [join(path, 'service.cjs')]);
      assert.equal([...exports].sort(), ['default', 'delete', 'handle']);
      const { handle } = await load(path, code);
      assert.equal((handle as (batch: number[]) => number[])([1]), [1]);
    },
  ),
);

test(
  'a circular import compiles',
  inFolder(
    {
      'service.ts': "import { b } from './b';\nexport const a = 1;\nexport const handle = () => [b()];",
      'b.ts': "import { a } from './service';\nexport const b = () => a;",
    },
    async ({ path }) => {
      const { code } = await compileHandler(join(path, 'service.ts'));
      const { handle } = await load(path, code);
      assert.equal((handle as () => number[])(), [1]);
    },
  ),
);

test(
  'an import that does not exist is an error with its place',
  inFolder(
    { 'service.ts': "\nimport { x } from './absent.js';\nexport const handle = () => [x];" },
    async ({ path }) => {
      const error = await rejectsWith('ERR_HANDLER_COMPILE', () => compileHandler(join(path, 'service.ts')));
      assert.match(error.detail ?? '', /^service\.ts:2:19: Could not resolve "\.\/absent\.js"\n> 2 \| import/);
    },
  ),
);

test(
  'a syntax error is an error with its place',
  inFolder({ 'service.ts': 'export const handle = (;' }, async ({ path }) => {
    const error = await rejectsWith('ERR_HANDLER_COMPILE', () => compileHandler(join(path, 'service.ts')));
    assert.match(error.detail ?? '', /^service\.ts:1:24/);
  }),
);

test.run();
