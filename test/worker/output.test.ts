import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { responseDecoder } from '#protocol/response.js';
import type { Inputs, ModelService } from '#service/index.js';
import { floats, OnnxSession, PredictionError } from '#service/index.js';
import { decodeInputs } from '#worker/inputs.js';
import { encodeOutput } from '#worker/output.js';
import { answerBatch, prepareBatch } from '#worker/run-batch.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { withContext } from '../service/context.js';

/** The answer to one result: JSON parsed, or `status type message`. */
function answer(result: unknown): Promise<unknown> {
  return withContext({}, async (_context, batch) => {
    const { status, body } = encodeOutput('r', result, batch([{}]), 0);
    const text = String(body);
    if (status === 200) return JSON.parse(text);
    const { type, message } = JSON.parse(text);
    return `${status} ${type} ${message}`;
  });
}

test('maps and sets have the obvious JSON', async () => {
  const scores = new Map<unknown, unknown>([
    ['cat', 0.9],
    [1, new Set(['a', 2n])],
    ['__proto__', new Map()],
  ]);
  const found = await answer({ scores, tags: new Set([1, 2]) });
  assert.equal(JSON.stringify(found), '{"scores":{"1":["a",2],"cat":0.9,"__proto__":{}},"tags":[1,2]}');
  assert.equal(await answer(new Set([Float32Array.of(0.5)])), [[0.5]]);
});

test('what would vanish is refused with its place and kind', async () => {
  class Hidden {
    readonly #value = 1;
    get value(): number {
      return this.#value;
    }
  }
  /** Waits for its answer only when it is awaited, as queries of databases do. */
  class Query {
    readonly text = 'select';
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested
    then(done: (rows: number) => void): void {
      done(1);
    }
  }
  const wrong: [result: unknown, message: RegExp][] = [
    [{ boxes: [{}, { label: new Hidden() }] }, /\.boxes\[1\]\.label is an object of class Hidden without fields/],
    [{ later: Promise.resolve(1) }, /\.later is a promise, expected what it resolves to: await it/],
    [[new TypeError('lost')], /\[0\] is an object of class TypeError, expected a PredictionError/],
    [{ work: () => 1 }, /\.work is a function/],
    [{ pattern: /a/ }, /\.pattern is an object of class RegExp without fields/],
    [new Map([[{}, 1]]), /it is a Map whose keys are an object/],
    [
      new Map<unknown, number>([
        [1, 1],
        ['1', 2],
      ]),
      /it is a Map with two keys that are the same text in JSON/,
    ],
    [[new Blob(['a'])], /\[0\] is an object of class Blob, a stream, expected what it brings/],
    [{ steps: (function* () {})() }, /\.steps is a generator, a stream, expected what it brings/],
    [{ part: new DataView(new ArrayBuffer(1)) }, /\.part is an object of class DataView without fields/],
    [{ file: Readable.from(['a']) }, /\.file is an object of class Readable, a stream, expected what it brings/],
    [() => 1, /is a function, expected a string, a Buffer/],
    [{ [Symbol('score')]: 1 }, /it is an object without fields/],
    [{ best: Object.defineProperty({}, 'score', { value: 1 }) }, /\.best is an object without fields/],
    [{ at: [new Date(Number.NaN)] }, /\.at\[0\] is an invalid date/],
    [{ hidden: { toJSON: () => undefined } }, /\.hidden is an object whose toJSON returns nothing/],
    [[{ toJSON: () => undefined }], /\[0\] is an object whose toJSON returns nothing/],
    [{ later: { toJSON: async () => 1 } }, /\.later is a promise/],
    [{ query: new Query() }, /\.query is a promise, expected what it resolves to/],
    [{ seen: new WeakMap() }, /\.seen is an object of class WeakMap without fields/],
    [{ form: new URLSearchParams('a=1') }, /\.form is an object of class URLSearchParams without fields/],
    [{ sign: Object(Symbol('x')) }, /\.sign is a symbol/],
    [new SharedArrayBuffer(4), /it is an object of class SharedArrayBuffer without fields/],
  ];
  for (const [result, message] of wrong) {
    const found = String(await answer(result));
    assert.match(found, /^503 InternalServerException Unsupported model output data type\./);
    assert.match(found, message);
  }
});

test('objects of classes with fields, dates, and plain values are answered as ever', async () => {
  class Detection {
    readonly label = 'cat';
    readonly at = new Date(0);
  }
  const boxed = [new Number(1.5), new String('a'), new Boolean(false), Object(2n)];
  assert.equal(await answer([new Detection(), {}, null, undefined, 2n ** 60n, Object.create(null), ...boxed]), [
    { label: 'cat', at: '1970-01-01T00:00:00.000Z' },
    {},
    null,
    null,
    String(2n ** 60n),
    {},
    1.5,
    'a',
    false,
    2,
  ]);
});

test('failures carry a type that fits their status', async () => {
  assert.match(String(await answer(new PredictionError('no', 415))), /^415 UnsupportedMediaTypeException no/);
  assert.match(String(await answer(new PredictionError('no', 422))), /^422 UnprocessableEntityException no/);
  const types: [status: number, type: string][] = [
    [400, 'BadRequestException'],
    [404, 'ResourceNotFoundException'],
    [409, 'ConflictStatusException'],
    [418, 'BadRequestException'],
    [429, 'TooManyRequestsException'],
    [499, 'BadRequestException'],
    [500, 'InternalServerException'],
    [503, 'ServiceUnavailableException'],
    [599, 'InternalServerException'],
  ];
  for (const [status, type] of types)
    assert.is(await answer(new PredictionError('no', status)), `${status} ${type} no`);
});

test('promises inside the list are awaited, and one that is rejected fails its own request alone', () =>
  withContext({}, async (context) => {
    const service: ModelService = {
      handle: (batch) =>
        batch.map(async ({ body }) => {
          if (body === 'bad') throw new TypeError('broken by this one');
          if (body === 'refused') throw new PredictionError('not this', 422);
          return { got: body };
        }),
    };
    const jobs = ['a', 'bad', 'refused', 'b'].map((body) => ({
      id: body,
      headers: [],
      parameters: [{ name: 'body', contentType: 'text/plain', value: Buffer.from(body) }],
    }));
    const model = { service, context, readInputs: decodeInputs, sessions: undefined };
    const text = Buffer.concat(await answerBatch(model, prepareBatch(model, jobs))).toString('latin1');
    assert.match(text, /"got": "a"/);
    assert.match(text, /"got": "b"/);
    assert.match(text, /Prediction failed\\nTypeError: broken by this one/);
    assert.match(text, /"code": 422,\n {2}"type": "UnprocessableEntityException",\n {2}"message": "not this"/);
  }));

test('a tensor that the model does not have: 500, what it has, and the place in the handler', () =>
  withContext({ 'model.onnx': encodeOnnx() }, async (context) => {
    const session = await OnnxSession.load(join(context.modelDir, 'model.onnx'), context);
    const ask = async (inputs: Inputs) =>
      session.run([{ input: floats([[1, 2, 3, 4]]), [String(inputs['name'])]: floats(1) }]);
    const services: ModelService[] = [
      { handle: (batch) => batch.map(ask) },
      { handle: async (batch) => Promise.all(batch.map(ask)) },
    ];
    for (const service of services) {
      const model = { service, context, readInputs: decodeInputs, sessions: undefined };
      const parameters = [{ name: 'name', contentType: 'text/plain', value: Buffer.from('mask') }];
      const jobs = [{ id: 'a', headers: [], parameters }];
      const [response] = responseDecoder().push(Buffer.concat(await answerBatch(model, prepareBatch(model, jobs))));
      const [prediction] = response?.predictions ?? [];
      assert.is(prediction?.status, 500);
      const told = `${response?.message} ${prediction?.body}`;
      assert.match(
        told,
        /Prediction failed(\n|\\n)The tensor 'mask' is not an input of the model; its inputs: input: float32\[batch,4\]/,
      );
      assert.match(told, /at .*output\.test\.ts:\d+/);
    }
    await session.close();
  }));

test.run();
