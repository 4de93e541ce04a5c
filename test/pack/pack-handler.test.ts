import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { list, PYTHON, packIn } from './pack-in.js';

test(
  'a TypeScript handler becomes one module; its sources and what is hidden stay out and are said',
  inFolder(
    {
      'm/service.ts':
        "import { word } from './word.js';\nexport function handle(batch: unknown[]) { return batch.map(() => word); }\n",
      'm/word.ts': "export const word: string = 'tabby';\n",
      'm/.hidden': 'x',
      'm/node_modules/x/index.js': '',
      'm/__pycache__/x.pyc': '',
      'm/old.mar': '',
      'm/.git/config': '',
      'm/notes.txt': 'x',
      'm/.marignore': 'notes.txt\n',
      'm/tmp.log': 'x',
      'm/MAR-INF/tests/case.json': '{}',
    },
    async (folder) => {
      const result = await packIn(folder.path, { handler: 'service.ts', exclude: ['*.log'] });
      assert.equal(await list(result.target), [
        'MAR-INF/tests/case.json',
        'service.mjs',
        'service.mjs.map',
        'MAR-INF/MANIFEST.json',
      ]);
      assert.is(result.manifest.runtime, 'nodejs');
      assert.is(result.manifest.model.handler, 'service:handle');
      assert.equal(result.manifest.model.extensions?.modelArchiver?.handler, {
        source: 'service.ts',
        module: 'service.mjs',
        sourceMap: 'service.mjs.map',
        entryPoint: 'handle',
      });
      const reasons = Object.fromEntries(result.leftOut.map(({ path, reason }) => [path, reason]));
      assert.equal(reasons, {
        '.git/': 'version control',
        '.hidden': 'hidden',
        '.marignore': 'hidden',
        '__pycache__/': 'cache',
        'node_modules/': 'installed packages',
        'notes.txt': '.marignore',
        'old.mar': 'archive',
        'tmp.log': '--exclude',
        'service.ts': 'compiled into service.mjs',
        'word.ts': 'compiled into service.mjs',
      });
    },
  ),
);

test(
  'a type error is a warning with its place, and stops the build under strict',
  inFolder(
    { 'm/service.ts': 'const count: string = 5;\nexport function handle() { return [count]; }\n' },
    async (folder) => {
      const { typeProblems } = await packIn(folder.path);
      assert.equal(
        typeProblems.map(({ file, line, code }) => [file, line, code]),
        [['service.ts', 1, 'TS2322']],
      );
      const error = await rejectsWith('ERR_HANDLER_TYPES', () =>
        packIn(folder.path, { strict: true, modelName: 'strict' }),
      );
      assert.match(error.detail ?? '', /> 1 \| const count/);
      assert.not.ok(existsSync(join(folder.path, 'strict.mar')));
    },
  ),
);

test(
  'a Python syntax error is a warning with its place; build files of a script stay out',
  inFolder({ 'm/service.py': 'def handle(:\n' }, async (folder) => {
    const { warnings } = await packIn(folder.path, { handler: 'service.py' });
    assert.match(warnings[0]?.message ?? '', /^service\.py:1:\d+: /);
    folder.write({ 's/service.js': 'export const handle = (b) => b;', 's/package.json': '{"name":"x"}' });
    const { entries, leftOut } = await packIn(folder.path, { modelPath: 's', handler: 'service.js', force: true });
    assert.not.ok(entries.some(({ path }) => path === 'package.json'));
    assert.ok(leftOut.some(({ path }) => path === 'package.json'));
  }),
);

test(
  'duplicate weights and names that trouble other systems are pointed out',
  inFolder(
    {
      ...PYTHON,
      'm/a.bin': Buffer.alloc(2 << 20, 1),
      'm/b.bin': Buffer.alloc(2 << 20, 1),
      'm/Read.txt': '',
      'm/read.txt': '',
      'm/aux.txt': '',
    },
    async (folder) => {
      const { warnings } = await packIn(folder.path);
      assert.equal(warnings.map(({ code }) => code).sort(), ['case-clash', 'duplicate-weights', 'windows-name']);
    },
  ),
);

test.run();
