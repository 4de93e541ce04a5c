import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { typecheckHandler } from '#handler/typecheck.js';
import { inFolder } from '../support/model-folder.js';

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

test.run();
