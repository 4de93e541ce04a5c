import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Inputs, OnnxService, PredictionError, type TensorLike, type Tensors } from '#service/index.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';

/** Doubles nothing: Relu over rows of four numbers, given as JSON lists. */
class Relu extends OnnxService {
  readonly rowsSeen: number[] = [];

  protected preprocess(inputs: Inputs): TensorLike {
    const rows = inputs['body'];
    if (!Array.isArray(rows)) throw new PredictionError('no list', 400);
    if (rows.length === 0) throw new Error('a defect of the service');
    return {
      type: 'float32',
      data: Float32Array.from(rows.flat().map(Number)),
      dims: [rows.length, rows.flat().length / rows.length],
    };
  }

  protected postprocess(outputs: Tensors): unknown {
    const { data, dims } = outputs['output'] ?? { data: [], dims: [] };
    this.rowsSeen.push(dims[0] ?? 0);
    return [...data];
  }
}

const answers = (results: readonly unknown[]): unknown[] =>
  results.map((result) =>
    result instanceof PredictionError ? `${result.status} ${result.message.split(':')[0]}` : result,
  );

const one = { body: [[-1, 2, -3, 4]] };
const two = {
  body: [
    [1, 1, 1, 1],
    [-5, 6, 7, 8],
  ],
};

for (const [kind, dims] of [
  ['an open', ['batch', 4]],
  ['a fixed', [1, 4]],
] as const) {
  test(`a batch with ${kind} batch axis: every request gets its own rows`, () => {
    const model = encodeOnnx({
      inputs: [{ name: 'input', dims: [...dims] }],
      outputs: [{ name: 'output', dims: [...dims] }],
    });
    return withContext({ 'model.onnx': model }, async (context, batch) => {
      const service = new Relu();
      await service.initialize(context);
      const results = await service.handle([one, { body: 'nope' }, one], batch([{}, {}, {}]));
      assert.equal(answers(results), [[0, 2, 0, 4], '400 no list', [0, 2, 0, 4]]);
      await service.close();
    });
  });
}

test('requests of several rows share one run, and one that the model refuses fails alone', () =>
  withContext({ 'model.onnx': encodeOnnx() }, async (context, batch) => {
    const service = new Relu();
    await service.initialize(context);
    const wrong = { body: [[1, 2, 3]] };
    const results = await service.handle([two, wrong, one], batch([{}, {}, {}]));
    assert.equal(answers(results), [[1, 1, 1, 1, 0, 6, 7, 8], '400 the model refused the input', [0, 2, 0, 4]]);
    assert.equal(service.rowsSeen, [2, 1]);
    await service.close();
  }));

test('another error of preprocess or postprocess fails its own request too', () =>
  withContext({ 'model.onnx': encodeOnnx() }, async (context, batch) => {
    class Fragile extends Relu {
      protected override postprocess(outputs: Tensors): unknown {
        if (outputs['output']?.data[0] === 9) throw new Error('a defect of the answer');
        return super.postprocess(outputs);
      }
    }
    const service = new Fragile();
    await service.initialize(context);
    const requests: readonly Inputs[] = [one, { body: [] }, { body: [[9, 9, 9, 9]] }, one];
    const contexts = batch([{}, {}, {}, {}]);
    await service.prepare(requests, contexts);
    const results = await Promise.allSettled(await service.handle(requests, contexts));
    assert.equal(
      results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
      [[0, 2, 0, 4], 'Error: a defect of the service', 'Error: a defect of the answer', [0, 2, 0, 4]],
    );
    await service.close();
  }));

test('no model and several models are errors that name the files', async () => {
  await withContext({}, async (context) => {
    const error = await new Relu().initialize(context).catch((thrown: unknown) => thrown);
    assert.match(String(error), 'The archive holds no .onnx file');
  });
  await withContext({ 'a.onnx': encodeOnnx(), 'b.onnx': encodeOnnx() }, async (context) => {
    const error = await new Relu().initialize(context).catch((thrown: unknown) => thrown);
    assert.match(String(error), '2 .onnx files (a.onnx, b.onnx), expected one');
  });
});

test('the service must be initialized before its session is used', async () => {
  await withContext({}, async (_, batch) => {
    const error = await new Relu().handle([one], batch([{}])).catch((thrown: unknown) => thrown);
    assert.match(String(error), 'The model is not loaded');
  });
});

test.run();
