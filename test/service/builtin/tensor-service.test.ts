import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinService } from '#service/builtin/index.js';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { withContext } from '../context.js';
import { floats, load } from './loaded.js';

test('tensor: JSON by name, a lone list, bytes; JSON or bytes out', () =>
  withContext({ 'm.onnx': encodeOnnx() }, async (context, batch) => {
    const service = await load('tensor', context);
    const inputs = [
      { body: { input: [[-1, 2, 3, 4]] } },
      {
        body: [
          [1, -2, 3, 4],
          [5, 6, 7, -8],
        ],
      },
      { body: floats(1, 2, -3, 4) },
      { input: floats(9, 9, 9, -9), other: 'form field' },
    ];
    const headers = [{}, {}, { headers: [['Accept', 'application/octet-stream']] as const }, {}];
    const requests = batch(headers);
    const [named, lone, binary, unknown] = await service.handle(inputs, requests);
    assert.equal(named, { output: [[0, 2, 3, 4]] });
    assert.equal(lone, {
      output: [
        [1, 0, 3, 4],
        [5, 6, 7, 0],
      ],
    });
    assert.equal(binary, floats(1, 2, 0, 4));
    assert.equal(requests.responseFacts(2)?.headers, [
      ['content-type', 'application/octet-stream'],
      ['x-tensor-shape', '1,4'],
    ]);
    assert.match(String(unknown), "the model has no input 'other'; the model takes input: float32[batch,4]");
    await service.close?.();
  }));

test('other names are no built-in services', async () => {
  assert.is(await builtinService('service:handle'), undefined);
  assert.is(await builtinService('constructor'), undefined);
});

test.run();
