import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeCompiler } from '#handler/native-compiler.js';
import { readProblems, type TypeProblem } from '#handler/type-problems.js';
import { startTypecheck } from '#handler/typecheck.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

function typecheckHandler(file: string): Promise<readonly TypeProblem[]> {
  return startTypecheck(file).problems;
}

test(
  'types of the service, ONNX Runtime, sharp and Node resolve in a directory without node_modules',
  inFolder(
    {
      'service.ts': [
        "import { readFileSync } from 'node:fs';",
        "import { PredictionError } from 'model-archiver/service';",
        "import { Tensor } from 'onnxruntime-node';",
        "import sharp from 'sharp';",
        'export async function handle(batch: Buffer[]): Promise<number[]> {',
        "  if (batch.length === 0) throw new PredictionError('empty');",
        "  const { width } = await sharp(readFileSync('x')).metadata();",
        "  return batch.map(() => new Tensor('float32', [width ?? 0], [1]).size);",
        '}',
      ].join('\n'),
    },
    async ({ path }) => {
      assert.equal(await typecheckHandler(join(path, 'service.ts')), []);
    },
  ),
);

test(
  'errors have file, line, column, code and a frame, in imported files too',
  inFolder(
    {
      'service.ts':
        "import { n } from './lib/n.js';\nimport { PredictionError } from 'model-archiver/service';\nexport const handle = (): string[] => [n, new PredictionError(5)];\n",
      'lib/n.ts': 'export const n: number = true;\n',
    },
    async ({ path }) => {
      const found = await typecheckHandler(join(path, 'service.ts'));
      assert.ok(
        found.some(
          ({ file, line, column, code }) => file === 'lib/n.ts' && line === 1 && column === 14 && code === 'TS2322',
        ),
      );
      assert.ok(found.some(({ file, line }) => file === 'service.ts' && line === 3));
      assert.match(found[0]?.frame ?? '', /> 1 \| export const n: number = true;\n {4}\| {14}\^/);
    },
  ),
);

test(
  'strictness and paths are those of the nearest tsconfig.json; untyped packages are no error',
  inFolder(
    {
      'loose/tsconfig.json': '{ "compilerOptions": { "strict": false, "paths": { "@words": ["./lib/words.ts"] } } }',
      'loose/service.ts':
        "import { word } from '@words';\nimport old from 'old';\nexport const handle = (batch) => [batch, word, old];\n",
      'loose/lib/words.ts': "export const word = 'x';\n",
      'loose/node_modules/old/index.js': 'module.exports = 1;\n',
      'strict/service.ts': 'export const handle = (batch) => [batch];\n',
    },
    async ({ path }) => {
      assert.equal(await typecheckHandler(join(path, 'loose/service.ts')), []);
      const found = await typecheckHandler(join(path, 'strict/service.ts'));
      assert.equal(
        found.map(({ code }) => code),
        ['TS7006'],
      );
    },
  ),
);

test(
  "an author's options that today's compiler refuses do no harm; baseUrl and inherited paths still lead to their files",
  inFolder(
    {
      'base/tsconfig.json':
        '{ // of old\n "compilerOptions": { "target": "es5", "module": "amd", "moduleResolution": "node10", "esModuleInterop": false, "paths": { "@w": ["./words.ts"] }, }, }',
      'base/words.ts': "export const word = 'x';\n",
      'm/tsconfig.json':
        '{ "extends": ["../base/tsconfig.json"], "compilerOptions": { "baseUrl": "./src", "paths": { "@n/*": ["nested/*"] }, "strict": "yes", "noUnusedLocals": true } }',
      'm/service.ts':
        "import { n } from '@n/n';\nimport { word } from 'word';\nimport { readFileSync } from 'node:fs';\nexport const handle = (): number => n + word;\n",
      'm/src/nested/n.ts': 'export const n = 1;\n',
      'm/src/word.ts': "export const word = 'x';\n",
      'old/tsconfig.json': '{ "extends": "../base/tsconfig.json" }',
      'old/service.ts': "import { word } from '@w';\nexport const handle = (): number => word;\n",
    },
    async ({ path }) => {
      const places = (found: readonly TypeProblem[]) => found.map(({ line, code }) => [line, code]);
      assert.equal(places(await typecheckHandler(join(path, 'm/service.ts'))), [
        [3, 'TS6133'],
        [4, 'TS2322'],
      ]);
      assert.equal(places(await typecheckHandler(join(path, 'old/service.ts'))), [[2, 'TS2322']]);
    },
  ),
);

test(
  'a message of several lines stays one, and columns count as editors do',
  inFolder(
    {
      'service.ts': [
        'const a = "\u{1f600}é"; const b: number = "x";',
        'const c: { d: { e: number } } = { d: { e: "s" } } as { d: { e: string } };',
        'export const handle = () => [a, b, c];',
      ].join('\n'),
    },
    async ({ path }) => {
      const [one, two, ...none] = await typecheckHandler(join(path, 'service.ts'));
      assert.equal([one?.line, one?.column], [1, 24]);
      assert.match(two?.message ?? '', /^Type .*\n.*'d\.e'.*\n.*'string' is not assignable to type 'number'\.$/);
      assert.equal(none, []);
    },
  ),
);

test(
  'a check leaves nothing behind, in the directory of the handler or the temporary one, also when it is stopped',
  inFolder({ 'm/service.ts': 'export const handle = (batch: unknown[]) => batch;\n', 'tmp/': '' }, async ({ path }) => {
    const temporary = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(path, 'tmp');
    try {
      const checked = startTypecheck(join(path, 'm/service.ts'));
      assert.is(readdirSync(join(path, 'tmp')).length, 1);
      assert.equal(await checked.problems, []);
      assert.equal(readdirSync(join(path, 'tmp')), []);
      const stopped = startTypecheck(join(path, 'm/service.ts'));
      stopped.stop();
      assert.equal(readdirSync(join(path, 'tmp')), []);
      const error = await rejectsWith('ERR_TYPECHECK', () => stopped.problems);
      assert.match(error.message, /the compiler ended with SIGKILL/);
      assert.equal(readdirSync(join(path, 'm')), ['service.ts']);
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
    }
  }),
);

test(
  'what keeps the compiler from looking is a failure of the check, never a pass',
  inFolder({ 'service.ts': 'export const n: number = true;\n' }, async ({ path }) => {
    writeFileSync(join(path, 'tsconfig.json'), '{ "extends": "./absent.json" }');
    const absent = await rejectsWith('ERR_TYPECHECK', () => typecheckHandler(join(path, 'service.ts')));
    assert.match(absent.message, /absent\.json/);
    writeFileSync(join(path, 'tsconfig.json'), '{ "compilerOptions": { "jsx": "pascal" } }');
    const refused = await rejectsWith('ERR_TYPECHECK', () => typecheckHandler(join(path, 'service.ts')));
    assert.match(refused.message, /TS6046: .*--jsx/);
    assert.equal(readProblems('error TS5083: Cannot read file.\n', path), {
      problems: [],
      fault: 'TS5083: Cannot read file.',
      contract: [],
    });
    const none = await rejectsWith('ERR_TYPECHECK', () => nativeCompiler('plan9', 'mips'));
    assert.match(none.message, /the package @typescript\/typescript-plan9-mips is not installed/);
  }),
);

test.run();
