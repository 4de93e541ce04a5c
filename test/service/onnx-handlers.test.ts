import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Context,
  floats,
  type Inputs,
  jsonInput,
  OnnxService,
  OnnxSession,
  PredictionError,
  type Preprocessed,
  preprocessed,
  type Results,
  Service,
  StateStore,
  type TensorLike,
  type Tensors,
  tensor,
} from '#service/index.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';

const value = (name: string, ...dims: (string | number)[]) => ({ name, dims });
const RELU = encodeOnnx();
/** `state` and `sum` are what was before plus what comes now. */
const RECURRENT = encodeOnnx({
  inputs: [value('x', 1, 2), value('state', 1, 2)],
  outputs: [value('sum', 1, 2), value('next', 1, 2)],
  nodes: [
    { op: 'Add', inputs: ['x', 'state'], outputs: ['sum'] },
    { op: 'Identity', inputs: ['sum'], outputs: ['next'] },
  ],
});
const DOUBLE = encodeOnnx({
  inputs: [value('a', 'rows', 2)],
  outputs: [value('b', 'rows', 2)],
  nodes: [{ op: 'Add', inputs: ['a', 'a'], outputs: ['b'] }],
});

interface Found {
  readonly name: string;
  readonly rows: number;
}

/** Hands on what it found; slower for the first request, so that the answers are prepared out of order. */
class Finder extends OnnxService<Found> {
  preprocessedRequests = 0;

  protected async preprocess(inputs: Inputs, _context: Context, index: number): Promise<Preprocessed<Found>> {
    this.preprocessedRequests++;
    const name = String(inputs['name']);
    if (name === 'bad') throw new PredictionError('bad name', 422);
    for (let left = 5 - index; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
    const rows = Number(inputs['rows']);
    return preprocessed(tensor('float32', new Float32Array(rows * 4).fill(rows), [rows, 4]), { name, rows });
  }

  protected postprocess({ output }: Tensors, _context: Context, index: number, { name, rows }: Found): string {
    return `${index} ${name} ${rows} ${output?.dims} ${output?.data[0]}`;
  }
}

const REQUESTS: readonly Inputs[] = [
  { name: 'a', rows: 3 },
  { name: 'bad', rows: 1 },
  { name: 'c', rows: 1 },
];

test('what preprocess found reaches postprocess of the same request, typed, in two batches at once', () =>
  withContext({ 'model.onnx': RELU }, async (context, batch) => {
    const service = new Finder();
    await service.initialize(context);
    const contexts = [batch([{}, {}, {}]), batch([{}, {}, {}])] as const;
    const others = [...REQUESTS].reverse();
    const prepared = Promise.all([service.prepare(REQUESTS, contexts[0]), service.prepare(others, contexts[1])]);
    await prepared;
    const [one, two] = [await service.handle(REQUESTS, contexts[0]), await service.handle(others, contexts[1])];
    assert.equal(one.map(String), ['0 a 3 3,4 3', 'PredictionError: bad name', '2 c 1 1,4 1']);
    assert.equal(two.map(String), ['0 c 1 1,4 1', 'PredictionError: bad name', '2 a 3 3,4 3']);
    assert.is(service.preprocessedRequests, 6, 'each once');
    await service.close();
  }));

test('a service that overrides handle passes on fewer requests, or its own, without what was prepared', () =>
  withContext({ 'model.onnx': RELU }, async (context, batch) => {
    class Choosy extends Finder {
      override async handle(requests: readonly Inputs[], context: Context, _prepared?: unknown): Promise<Results> {
        const passed = requests.flatMap((inputs) => (inputs['name'] === 'a' ? [] : [inputs]));
        const results = [...(await super.handle([...passed, { name: 'own', rows: 2 }], context))];
        const own = results.pop();
        return requests.map((inputs) => (inputs['name'] === 'a' ? own : results.shift()));
      }
    }
    const service = new Choosy();
    await service.initialize(context);
    const requests = batch([{}, {}, {}]);
    const prepared = await service.prepare(REQUESTS, requests);
    const results = await service.handle(REQUESTS, requests, prepared);
    assert.equal(results.map(String), ['2 own 2 2,4 2', 'PredictionError: bad name', '2 c 1 1,4 1']);
    assert.is(service.preprocessedRequests, 4);
    await service.close();
  }));

test('two sessions in one handler, and a state that goes from call to call', () =>
  withContext({ 'first.onnx': DOUBLE, 'second.onnx': RECURRENT }, async (context) => {
    class Chain extends Service {
      readonly #states = new StateStore<TensorLike>();
      #sessions: { first: OnnxSession; second: OnnxSession } | undefined;

      override async initialize({ modelDir }: Context): Promise<void> {
        const load = (file: string) => OnnxSession.load(join(modelDir, file), context);
        this.#sessions = { first: await load('first.onnx'), second: await load('second.onnx') };
      }

      override async handle(requests: readonly Inputs[]): Promise<Results> {
        const results: unknown[] = [];
        // One after the other: two requests of a batch may belong to one stream.
        for (const inputs of requests) results.push(await this.#step(String(inputs['key']), jsonInput(inputs, 'x')));
        return results;
      }

      async #step(key: string, x: unknown): Promise<unknown> {
        if (!this.#sessions || !Array.isArray(x)) throw new PredictionError('x is not a list', 400);
        const [doubled] = await this.#sessions.first.run([{ a: floats([x.map(Number)]) }]);
        const state = this.#states.get(key) ?? floats([[0, 0]]);
        const [step] = await this.#sessions.second.run([{ x: doubled?.['b'] ?? state, state }]);
        if (step?.['next']) this.#states.set(key, step['next']);
        return Array.from(step?.['sum']?.data ?? [], Number);
      }

      async close(): Promise<void> {
        await this.#sessions?.first.close();
        await this.#sessions?.second.close();
      }
    }
    const service = new Chain();
    await service.initialize(context);
    const asked: Inputs[] = [
      { key: 'k', x: [1, 2] },
      { key: 'other', x: [5, 5] },
      { key: 'k', x: [10, 20] },
    ];
    assert.equal(await service.handle(asked), [
      [2, 4],
      [10, 10],
      [22, 44],
    ]);
    assert.equal(await service.handle(asked.slice(0, 1)), [[24, 48]]);
    await service.close();
  }));

test('tensors that no client can be blamed for: 500 with the place, what was found and what the model has', () =>
  withContext({ 'model.onnx': RECURRENT }, async (context, batch) => {
    class Wrong extends OnnxService {
      protected preprocess(inputs: Inputs): Tensors | TensorLike {
        const state = floats([[0, 0]]);
        const made: Record<string, Tensors> = {
          name: { x: state, state, mask: state },
          missing: { x: state },
          type: { x: tensor('int64', [[1, 2]]), state },
          count: { x: { type: 'float32', data: new Float32Array(3), dims: [1, 2] }, state },
          shape: { x: floats([[1, 2, 3]]), state },
        };
        return made[String(inputs['kind'])] ?? state;
      }
      protected postprocess(): string {
        return 'fine';
      }
    }
    const service = new Wrong();
    await service.initialize(context);
    const cases: [kind: string, status: number, message: RegExp][] = [
      [
        'name',
        500,
        /Wrong\.preprocess does not fit the model\. The tensor 'mask' is not an input of the model; its inputs: x/,
      ],
      ['missing', 500, /The input 'state' has no tensor; the model's inputs: x: float32\[1,2\], state: float32\[1,2\]/],
      ['type', 500, /The input 'x' got int64\[1,2\]; the model's inputs: x: float32/],
      ['count', 500, /The input 'x' got a tensor of shape \[1,2\] with 3 elements, expected 2/],
      ['alone', 500, /It is one tensor, but the model has 2 inputs/],
      ['shape', 400, /the model refused the input/],
    ];
    const results = await service.handle(
      cases.map(([kind]) => ({ kind })),
      batch(cases.map(() => ({}))),
    );
    for (const [at, [kind, status, message]] of cases.entries()) {
      const result = results[at];
      assert.instance(result, PredictionError, kind);
      assert.match(String(result), message);
      assert.is(result instanceof PredictionError && result.status, status, kind);
    }
    await service.close();
  }));

test.run();
