import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findModels, type ModelFile, soleModel } from '#check/facts/models.js';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { archiveOf } from './archive-of.js';

const ONNX = encodeOnnx({ inputs: [{ name: 'input', dims: ['batch', 3] }] });

test('model files are known by their names, and ONNX is read, or why it cannot be', async () => {
  const found = await findModels(
    archiveOf({
      'a.onnx': ONNX,
      'b.ONNX': 'broken',
      'c.pt': 'x',
      'd.PTH': 'x',
      'e.ckpt': 'x',
      'f.pkl': 'x',
      'g.joblib': 'x',
      'h-symbol.json': '{}',
      'i-0000.params': 'x',
      'symbol.json': '{}',
      pt: 'x',
      'a.onnx.txt': 'x',
    }),
  );
  assert.equal(
    found.map(({ entry, format, onnx, fault }) => [entry.path, format, onnx !== undefined, fault !== undefined]),
    [
      ['a.onnx', 'onnx', true, false],
      ['b.ONNX', 'onnx', false, true],
      ['c.pt', 'torch', false, false],
      ['d.PTH', 'torch', false, false],
      ['e.ckpt', 'torch', false, false],
      ['f.pkl', 'pickle', false, false],
      ['g.joblib', 'pickle', false, false],
      ['h-symbol.json', 'mxnet-symbol', false, false],
      ['i-0000.params', 'mxnet-params', false, false],
    ],
  );
});

test('the model of a built-in service is the one that it names, or else the only one', () => {
  const model = (path: string, format: ModelFile['format'] = 'onnx'): ModelFile => ({
    entry: { path, size: 1, compressedSize: 1, compression: 'store' },
    format,
    isDamaged: false,
  });
  const [a, b, torch] = [model('a.onnx'), model('b.onnx'), model('c.pt', 'torch')];
  assert.is(soleModel(undefined, [torch, a]), a);
  assert.is(soleModel(undefined, [a, b]), undefined);
  assert.is(soleModel(undefined, [torch]), undefined);
  assert.is(soleModel('b.onnx', [a, b]), b);
  assert.is(soleModel('c.pt', [a, torch]), undefined);
});

test.run();
