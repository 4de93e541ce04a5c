import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelMemory } from '#eia/model-memory.js';
import { inFolder } from '../support/model-folder.js';

const MANIFEST = JSON.stringify({ runtime: 'python', model: { modelName: 'm', handler: 'service:handle' } });

test('of an ONNX model: weights, inputs and results, which grow with the batch', async () => {
  const directory = 'examples/image-classifier/model';
  const [one, four] = [await modelMemory(directory, 1), await modelMemory(directory, 4)];
  assert.ok(one !== undefined && four !== undefined);
  // EfficientNet-Lite0 int8: 5.4 MB of file, and an input of 224 × 224 × 3 floats.
  assert.ok(one > 5e6 && one < 12e6, String(one));
  assert.ok(four > one + 3 * 224 * 224 * 3 * 4, `${one} ${four}`);
});

test(
  'of a graph that is not read, the size of its file; without a model nothing',
  inFolder({ 'MAR-INF/MANIFEST.json': MANIFEST, 'service.py': '' }, async (folder) => {
    assert.is(await modelMemory(folder.path, 1), undefined);
    folder.write({ 'net.pt': Buffer.alloc(1000), 'broken.onnx': Buffer.alloc(300, 255) });
    assert.is(await modelMemory(folder.path, 8), 1300);
  }),
);

test.run();
