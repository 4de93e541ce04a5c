import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { type Inputs, OnnxService, PredictionError, type TensorLike, type Tensors } from '#service/index.js';
import { int, ints } from '../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec, type TensorSpec } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';

/** Tensors in and out as they are, and the rows that each run of the model saw. */
class Plain extends OnnxService {
  constructor(setting?: Plain['batch']) {
    super();
    if (setting !== undefined) this.batch = setting;
  }

  get joining() {
    return this.session.joining;
  }

  protected preprocess(inputs: Inputs): Tensors {
    const tensors = Object.entries(inputs).map(([name, value]): [string, TensorLike] => {
      const dims: number[] = [];
      for (let level: unknown = value; Array.isArray(level); level = level[0]) dims.push(level.length);
      const flat = Array.isArray(value) ? value.flat(8).map(Number) : [];
      return [name, { type: 'float32', data: Float32Array.from(flat), dims }];
    });
    return Object.fromEntries(tensors);
  }

  protected postprocess(outputs: Tensors): unknown {
    return Object.values(outputs).map(({ data, dims }) => ({
      data: [...data].map((one) => Number(one).toFixed(4)),
      dims,
    }));
  }
}

/** What each request is answered alone, and in one batch. */
async function answers(model: ModelSpec, requests: readonly Inputs[], setting?: Plain['batch']) {
  return withContext({ 'model.onnx': encodeOnnx(model) }, async (context, batch) => {
    const service = new Plain(setting);
    await service.initialize(context);
    const alone: unknown[] = [];
    for (const request of requests) alone.push(...(await service.handle([request], batch([{}]))));
    const together = await service.handle(requests, batch(requests.map(() => ({}))));
    await service.close();
    return { alone, together, joining: service.joining };
  });
}

const floats = (name: string, dims: number[]): TensorSpec => {
  const size = dims.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from({ length: size }, (_, index) => Math.sin(index + name.length));
  return { name, dims, raw: Buffer.from(values.buffer) };
};

const LSTM: ModelSpec = {
  inputs: [{ name: 'x', dims: ['sequence', 1, 2] }],
  outputs: [{ name: 'y', dims: ['sequence', 1, 1, 3] }],
  nodes: [{ op: 'LSTM', inputs: ['x', 'w', 'r'], outputs: ['y'], attributes: [int('hidden_size', 3)] }],
  initializers: [floats('w', [1, 12, 2]), floats('r', [1, 12, 3])],
};

test('sequences that lie on the first axis do not run into each other', async () => {
  const requests = [{ x: [[[9, -9]], [[1, 1]]] }, { x: [[[1, 1]], [[2, 2]]] }];
  const { alone, together, joining } = await answers(LSTM, requests);
  assert.equal(together, alone);
  assert.is(joining.joins, false);
  const forced = await answers(LSTM, requests, { axis: 0 });
  assert.not.equal(forced.together, forced.alone, 'the setting is believed: this is what the proof is for');
});

test('two open first axes that are multiplied with each other are not joined', async () => {
  const model: ModelSpec = {
    inputs: [
      { name: 'x', dims: ['n', 1] },
      { name: 'w', dims: ['m'] },
    ],
    outputs: [{ name: 'z', dims: ['n', 'm'] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['z'] }],
  };
  const { alone, together } = await answers(model, [
    { x: [[1], [2]], w: [3, 4] },
    { x: [[5], [6]], w: [7, 8] },
  ]);
  assert.equal(together, alone);
});

const RELU: ModelSpec = {
  inputs: [{ name: 'x', dims: ['n', 2] }],
  outputs: [{ name: 'y', dims: ['n', 2] }],
  nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
};

test('a proven model is joined, one that the configuration names is not', async () => {
  const requests = [
    { x: [[1, -1]] },
    {
      x: [
        [-2, 2],
        [3, 3],
      ],
    },
  ];
  const proven = await answers(RELU, requests);
  assert.equal(proven.together, proven.alone);
  assert.equal(proven.joining, { joins: true });
  const { joining, ...apart } = await answers(RELU, requests, false);
  assert.equal(apart.together, apart.alone);
  assert.equal(joining, { joins: false, why: 'the configuration says so' });
});

/** The sum of each row of words. */
const WORDS: ModelSpec = {
  inputs: [{ name: 'x', dims: ['n', 'words', 2] }],
  outputs: [
    { name: 'sum', dims: ['n', 2] },
    { name: 'each', dims: ['n', 'words', 2] },
  ],
  opsets: { '': 11 },
  nodes: [
    { op: 'ReduceSum', inputs: ['x'], outputs: ['sum'], attributes: [ints('axes', 1), int('keepdims', 0)] },
    { op: 'Neg', inputs: ['x'], outputs: ['each'] },
  ],
};

test('padding joins requests of different lengths, and cuts their outputs back', async () => {
  const requests = [
    { x: [[[1, 2]]] },
    {
      x: [
        [
          [3, 4],
          [5, 6],
          [7, 8],
        ],
      ],
    },
    {
      x: [
        [
          [9, 9],
          [1, 1],
        ],
        [
          [2, 2],
          [4, 4],
        ],
      ],
    },
  ];
  const { alone, together } = await answers(WORDS, requests, { axis: 0, pad: { x: 0 } });
  assert.equal(together, alone);
  // A filling that is not neutral shows that one run it was.
  const shown = await answers(WORDS, requests, { axis: 0, pad: { x: 10 } });
  assert.equal(shown.together[0], [
    { data: ['21.0000', '22.0000'], dims: [1, 2] },
    { data: ['-1.0000', '-2.0000'], dims: [1, 1, 2] },
  ]);
});

test('padding that cannot be cut back is refused while loading', async () => {
  const refusal = (model: ModelSpec, setting: Plain['batch']) =>
    answers(model, [], setting).then(
      () => 'loaded',
      (error: unknown) => (error instanceof MarError ? `${error.code} ${error.message}` : String(error)),
    );
  const other = { ...WORDS, outputs: [{ name: 'each', dims: ['n', 'letters', 2] }] };
  assert.match(await refusal(other, { pad: { x: 0 } }), /^ERR_SERVICE_CONFIG .*'each' leaves the axis 'letters' open/);
  assert.match(await refusal(WORDS, { pad: { z: 0 } }), /^ERR_SERVICE_CONFIG .*'z', which does not exist/);
  assert.match(await refusal(RELU, { pad: { x: 0 } }), /'x', which leaves no axis with a name open/);
});

test('a tensor under a name that the model does not have is the service’s mistake, for its request alone', async () => {
  const { together } = await answers(RELU, [{ x: [[1, 1]] }, { w: [[1, 1]] }]);
  const [right, wrong] = together;
  assert.equal(right, [{ data: ['1.0000', '1.0000'], dims: [1, 2] }]);
  assert.instance(wrong, PredictionError);
  assert.is((wrong as PredictionError).status, 500);
  assert.match(
    (wrong as PredictionError).message,
    /Plain\.preprocess .*'w' is not an input of the model; its inputs: x: float32\[n,2\]/,
  );
});

test('an input with a default cannot be replaced, and the refusal says so', async () => {
  const model: ModelSpec = {
    inputs: [
      { name: 'x', dims: ['n', 2] },
      { name: 'w', dims: [2] },
    ],
    outputs: [{ name: 'y', dims: ['n', 2] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [floats('w', [2])],
  };
  const { together } = await answers(model, [{ x: [[1, 2]], w: [1, 1] }]);
  assert.match(String(together[0]), "'w' has a default in the model");
});

test.run();
