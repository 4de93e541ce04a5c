import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateMemory } from '#models/onnx/memory/estimate-memory.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { inFolder } from '../../../support/model-folder.js';
import { testUnless } from '../../../support/test-unless.js';
import { bufferReader, encodeOnnx } from '../encode-onnx.js';

const MODEL = 'examples/image-classifier/model/efficientnet-lite0-int8.onnx';
/** The floor of bench/memory.ts: 15 % or so many bytes, whichever is more. */
const BYTES = 16 * 2 ** 20;

/** Growth of a process over loading the model and running it for a batch. */
function grown(path: string, input: string, dims: readonly number[]): number {
  const inputs = JSON.stringify({ [input]: { type: 'float32', dims } });
  const { stdout, stderr } = spawnSync(process.execPath, ['bench/node/model-memory.mjs', path, inputs, '3'], {
    encoding: 'utf8',
  });
  assert.match(stdout, /^\d+$/, stderr);
  return Number(stdout);
}

const elsewhere =
  process.platform === 'linux' && process.arch === 'x64' ? undefined : 'measured through /proc, for the layouts of x64';

testUnless(
  elsewhere,
  test,
  'what ONNX Runtime takes for the example is what its graph says, within the floor of the bench',
  inFolder({}, async ({ path }) => {
    const identity = join(path, 'identity.onnx');
    const nodes = [{ op: 'Identity', inputs: ['input'], outputs: ['output'] }];
    writeFileSync(identity, encodeOnnx({ nodes }));
    const nothing = grown(identity, 'input', [1, 4]);
    const model = await readOnnx(bufferReader(readFileSync(MODEL)));
    for (const batch of [1, 8]) {
      const measured = grown(MODEL, 'input', [batch, 3, 224, 224]) - nothing;
      const { peak } = estimateMemory(model, { batch });
      assert.ok(
        Math.abs(peak - measured) <= Math.max(BYTES, 0.15 * measured),
        `batch ${batch}: estimated ${peak}, measured ${measured}`,
      );
    }
  }),
);

test.run();
