import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyInputs } from '#protocol/body-inputs.js';
import type { PredictJob } from '#protocol/messages.js';
import { responseDecoder } from '#protocol/response.js';
import {
  type Context,
  type Inputs,
  type ModelService,
  OnnxService,
  type Preprocessed,
  preprocessed,
  type Tensors,
  tensor,
} from '#service/index.js';
import { decodeInputs } from '#worker/inputs.js';
import { answerBatch, prepareBatch } from '#worker/run-batch.js';
import { encodeOnnx, type ModelSpec } from '../models/onnx/encode-onnx.js';
import { colour, INT64, load } from './builtin/loaded.js';
import { withContext } from './context.js';

type Request = Omit<PredictJob, 'id'>;

const post = (contentType: string, body: string | Buffer, ...headers: [string, string][]): Request => ({
  headers: [['content-type', contentType], ...headers],
  parameters: bodyInputs(contentType, Buffer.from(body)),
});
const json = (value: unknown): Request => post('application/json', JSON.stringify(value));

/** The answers to a batch as a client sees them: status and body. */
async function answers(service: ModelService, context: Context, requests: readonly Request[]): Promise<string[]> {
  const jobs = requests.map((request, index) => ({ id: `r${index}`, ...request }));
  const model = { service, context, readInputs: decodeInputs, sessions: undefined };
  const [response] = responseDecoder().push(Buffer.concat(await answerBatch(model, prepareBatch(model, jobs))));
  return (response?.predictions ?? []).map(({ status, body }) => `${status} ${body}`);
}

/** Each faulty request among seven good ones: it fails alone, and the good ones are answered as they are alone. */
async function failsAlone(
  service: ModelService,
  context: Context,
  good: readonly Request[],
  faulty: Readonly<Record<string, Request>>,
): Promise<void> {
  const alone: (string | undefined)[] = [];
  for (const request of good) alone.push(...(await answers(service, context, [request])));
  assert.ok(
    alone.every((answer) => answer?.startsWith('200 ')),
    String(alone),
  );
  assert.is(good.length, 7);
  for (const [at, [name, request]] of Object.entries(faulty).entries()) {
    const found = await answers(service, context, good.toSpliced(at % 8, 0, request));
    const [own] = found.splice(at % 8, 1);
    assert.equal(found, alone, `${name}: the other requests`);
    assert.match(String(own), /^[45]\d\d /, name);
    const [single] = await answers(service, context, [request]);
    assert.is(own?.slice(0, 3), single?.slice(0, 3), `${name}: its status alone`);
  }
}

const DENSE: ModelSpec = {
  inputs: [{ name: 'x', dims: ['n', 2] }],
  outputs: [{ name: 'y', dims: ['n', 2] }],
  nodes: [{ op: 'Tanh', inputs: ['x'], outputs: ['y'] }],
};
/** Words by their numbers, of which there are four. */
const WORDS: ModelSpec = {
  inputs: [{ name: 'x', type: INT64, dims: ['n', 2] }],
  outputs: [{ name: 'y', dims: ['n', 2, 1] }],
  initializers: [{ name: 'table', dims: [4, 1], raw: Buffer.from(Float32Array.of(0.5, 1.5, 2.5, 3.5).buffer) }],
  nodes: [{ op: 'Gather', inputs: ['table', 'x'], outputs: ['y'] }],
};
/** ONNX's number for texts. */
const STRING = 8;
const SEVEN = [0, 1, 2, 3, 4, 5, 6];

test('tensor: whatever is wrong with one request, it fails alone', () =>
  withContext({ 'm.onnx': encodeOnnx(DENSE) }, async (context) => {
    const service = await load('tensor', context);
    const good = SEVEN.map((n) => json({ x: [[n / 10, -n]] }));
    await failsAlone(service, context, good, {
      ragged: json({ x: [[1, 2], [3]] }),
      'another width': json({ x: [[1, 2, 3]] }),
      'bytes that are too many': post('application/octet-stream', Buffer.alloc(9)),
      'an unknown name': json({ x: [[1, 2]], z: [1] }),
      'a missing input': json({ z: [[1, 2]] }),
      'a text for a number': json({ x: [['a', 2]] }),
      'an object': json({ x: [[{}, 2]] }),
      'a number beyond the type': json({ x: [[1e39, 2]] }),
      'an input sent twice': post('application/json', '{"x":[[1,2]],"x":[[3,4]]}'),
      'JSON that is broken': post('application/json', '{"x":[[1,2'),
      'nested too deep': post('application/json', `{"x":${'['.repeat(2000)}${']'.repeat(2000)}}`),
      'no body': post('application/json', ''),
      'another content type': post('image/png', 'x'),
      'text that is not UTF-8': post('text/plain', Buffer.from([0xff, 0xfe])),
      'a shape that does not fit': post('application/octet-stream', Buffer.alloc(8), ['x-tensor-shape', '2,2']),
      'a negative shape': post('application/octet-stream', Buffer.alloc(8), ['x-tensor-shape', '-1,2']),
    });
    await service.close?.();
  }));

test('what the model itself refuses while it runs fails alone', () =>
  withContext({ 'm.onnx': encodeOnnx(WORDS) }, async (context) => {
    const service = await load('tensor', context);
    const good = SEVEN.map((n) => json({ x: [[n % 4, 1]] }));
    await failsAlone(service, context, good, {
      'a word that is not in the table': json({ x: [[4, 0]] }),
      'a negative one': json({ x: [[-5, 0]] }),
      'one of two rows': json({
        x: [
          [0, 0],
          [0, 2 ** 40],
        ],
      }),
    });
    await service.close?.();
  }));

const TEXTS: ModelSpec = {
  inputs: [{ name: 'x', type: STRING, dims: ['n'] }],
  outputs: [{ name: 'y', type: STRING, dims: ['n'] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
};

/** Hands on what it gets as a tensor of texts. */
class Texts extends OnnxService {
  protected override preprocess({ body }: Inputs): Tensors {
    return { x: { type: 'string', data: [String(Object(body).x)], dims: [1] } };
  }

  protected override postprocess({ y }: Tensors): unknown {
    return [...(y?.data ?? [])];
  }
}

test('a text that ONNX Runtime would change is refused, by the service tensor and by others', () =>
  withContext({ 'm.onnx': encodeOnnx(TEXTS) }, async (context) => {
    const own = new Texts();
    await own.initialize(context);
    for (const service of [await load('tensor', context), own]) {
      const good = SEVEN.map((n) => json({ x: [`t\u{1f600}${n}`] }));
      const faulty = { 'a NUL': json({ x: ['a\0b'] }), 'half a pair': json({ x: ['\ud83d'] }) };
      await failsAlone(service, context, good, faulty);
      for (const request of Object.values(faulty))
        assert.match(String(await answers(service, context, [request])), /^400 [\s\S]*input 'x' holds /);
      await service.close?.();
    }
  }));

test('image_classifier: an image that cannot be read fails alone', () =>
  withContext(
    {
      'm.onnx': encodeOnnx({
        inputs: [{ name: 'image', dims: ['n', 3, 2, 2] }],
        outputs: [{ name: 'scores', dims: ['n', 3] }],
        nodes: [
          { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['means'] },
          { op: 'Flatten', inputs: ['means'], outputs: ['scores'] },
        ],
      }),
      'service.json': '{"image":{"mean":0,"scale":1},"classes":{"activation":"none"}}',
      'labels.txt': 'r\ng\nb\n',
    },
    async (context) => {
      const service = await load('image_classifier', context);
      const pictures = await Promise.all(SEVEN.map((n) => colour(30 * n, 90, 255 - n)));
      const [picture = Buffer.alloc(0)] = pictures;
      await failsAlone(
        service,
        context,
        pictures.map((content) => post('image/png', content)),
        {
          'no image': post('image/png', 'no image'),
          'cut off': post('image/png', picture.subarray(0, picture.length / 2)),
          empty: post('image/png', ''),
          'no base64': json({ data: '%%%' }),
          'two images': json({ instances: [{ b64: picture.toString('base64') }, { b64: picture.toString('base64') }] }),
        },
      );
      await service.close?.();
    },
  ));

/** Fails where and how it is told. */
class Told extends OnnxService<string> {
  protected override preprocess({ body }: Inputs): Preprocessed<string> {
    const { at = '', x = [[1, 2]] }: { at?: string; x?: number[][] } = Object(body);
    if (at === 'preprocess') throw new TypeError('in preprocess');
    if (at === 'null') throw null;
    const given = tensor(at === 'type' ? 'float64' : 'float32', x);
    return preprocessed(at === 'name' ? { z: given } : { x: given }, at);
  }

  protected override postprocess(outputs: Tensors, _context: Context, _index: number, at: string): unknown {
    if (at === 'postprocess') throw new RangeError('in postprocess');
    if (at === 'rejected') return Promise.reject(new Error('later'));
    if (at === 'cycle') {
      const cycle: Record<string, unknown> = {};
      cycle['self'] = cycle;
      return cycle;
    }
    const thrower = () => {
      throw new Error('do not look');
    };
    if (at === 'proxy') return new Proxy({}, { get: thrower, getPrototypeOf: thrower, has: thrower, ownKeys: thrower });
    if (at === 'getter')
      return {
        get score() {
          return thrower();
        },
      };
    if (at === 'function') return () => 1;
    if (at === 'nothing at all') return undefined;
    if (at === 'generator')
      return (function* () {
        yield 1;
      })();
    return [...(outputs['y']?.data ?? [])];
  }
}

test('what a service throws or returns for one request fails that request', () =>
  withContext({ 'm.onnx': encodeOnnx(DENSE) }, async (context) => {
    const service = new Told();
    await service.initialize(context);
    const places = 'preprocess null type name postprocess rejected cycle proxy getter function generator'.split(' ');
    await failsAlone(
      service,
      context,
      SEVEN.map((n) => json({ x: [[n, n / 3]] })),
      {
        ...Object.fromEntries(places.map((at) => [at, json({ at })])),
        'nothing at all': json({ at: 'nothing at all' }),
        'another width': json({ x: [[1, 2, 3]] }),
        'another number of axes': json({ x: [1, 2] }),
      },
    );
    await service.close();
  }));

test.run();
