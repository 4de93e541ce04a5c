import { Readable } from 'node:stream';
import { Tensor } from 'onnxruntime-node';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { responseDecoder } from '#protocol/response.js';
import type { ModelService } from '#service/index.js';
import { PredictionError } from '#service/index.js';
import { collect } from '#worker/collect.js';
import { decodeInputs } from '#worker/inputs.js';
import { answerBatch, prepareBatch } from '#worker/run-batch.js';
import { withContext } from '../service/context.js';

/** The answers to one batch whose results these are, one for each request. */
function answers(...results: readonly unknown[]) {
  return withContext({}, async (context) => {
    const service: ModelService = { handle: () => results };
    const jobs = results.map((_, index) => ({ id: `r${index}`, headers: [], parameters: [] }));
    const model = { service, context, readInputs: decodeInputs, sessions: undefined };
    const [response] = responseDecoder().push(Buffer.concat(await answerBatch(model, prepareBatch(model, jobs))));
    if (response?.code !== 200) throw new Error(`the batch failed: ${response?.message}`);
    return response.predictions.map(({ status, contentType, body }) => ({ status, contentType, text: String(body) }));
  });
}

const BYTES = 'application/octet-stream';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
async function* later(...pieces: readonly unknown[]) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
function* now(...pieces: readonly unknown[]) {
  yield* pieces;
}

test('what a result brings piece by piece is collected: texts as a text, bytes as bytes', async () => {
  const snowman = '☃'.repeat(3);
  const web = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes('we'));
      controller.enqueue(bytes('b'));
      controller.close();
    },
  });
  const view = new DataView(bytes('[view]').buffer, 1, 4);
  const cases: [result: unknown, contentType: string, text: string][] = [
    [later('a', snowman, '\ud83d', '\ude00'), '', `a${snowman}😀`],
    [now('x', 'y'), '', 'xy'],
    [later(), '', ''],
    [later('head ', bytes('tail'), bytes('!').buffer, view), BYTES, 'head tail!view'],
    [web, BYTES, 'web'],
    [Readable.from([Buffer.from('no'), Buffer.from('de')]), BYTES, 'node'],
    [Promise.resolve(later('late')), '', 'late'],
    [new Blob(['{}'], { type: 'application/x-thing' }), 'application/x-thing', '{}'],
    [new Blob(['raw']), BYTES, 'raw'],
    [bytes('buffer').buffer, BYTES, 'buffer'],
    [view, BYTES, 'view'],
    [Float32Array.of(0.5, 2), 'application/json', '[\n  0.5,\n  2\n]'],
  ];
  const found = await answers(...cases.map(([result]) => result));
  assert.equal(
    found,
    cases.map(([, contentType, text]) => ({ status: 200, contentType, text })),
  );
});

test('a piece is copied when it comes: its memory may be filled again', async () => {
  async function* reusing() {
    const memory = bytes('a');
    yield memory;
    memory.fill('b'.charCodeAt(0));
    yield memory;
  }
  const [found] = await answers(reusing());
  assert.is(found?.text, 'ab');
});

function unreadable(): never {
  throw new Error('nobody may look at this');
}

test('what fails while it is collected fails its own request alone', async () => {
  async function* broken() {
    yield 'half';
    throw new RangeError('in the middle');
  }
  async function* refused(): AsyncGenerator<string> {
    yield 'half';
    throw new PredictionError('too dark', 422);
  }
  const trap = new Proxy({}, { has: unreadable, get: unreadable });
  const [fine, failed, other, piece, locked, mute] = await answers(
    later('fine'),
    broken(),
    refused(),
    now('a', { b: 1 }),
    new Readable({ read: () => {} }).destroy(),
    trap,
  );
  assert.is(fine?.text, 'fine');
  assert.is(failed?.status, 503);
  assert.match(failed?.text ?? '', /InternalServerException.*Prediction failed\\nRangeError: in the middle/s);
  assert.is(other?.status, 422);
  assert.match(other?.text ?? '', /UnprocessableEntityException.*too dark/s);
  assert.is(piece?.status, 503);
  assert.match(
    piece?.text ?? '',
    /result 4 of the batch is a generator: piece 2 is an object, expected a text or bytes/,
  );
  assert.is(locked?.status, 503);
  assert.is(mute?.status, 503);
});

test('no more is collected than an answer may hold, and the source is told to stop', async () => {
  let stopped = false;
  async function* endless() {
    try {
      for (;;) yield bytes('four');
    } finally {
      stopped = true;
    }
  }
  for (const source of [endless(), new Blob(['123456789'])]) {
    const error = await collect(source, 8).catch((thrown: unknown) => thrown);
    assert.match(String(error), 'more than 8 bytes');
  }
  assert.ok(stopped);
  assert.is((await collect(new Blob(['12345678']), 8)).bytes.length, 8);
});

test('an output tensor has one form, plain or of ONNX Runtime, and one for all whole numbers', async () => {
  const plain = { type: 'int64', data: BigInt64Array.of(1n, 2n ** 60n), dims: [2] };
  const half = { type: 'float16', data: Uint16Array.of(0x3c00, 0xc000), dims: [1, 2] };
  const found = await answers(
    { y: plain },
    { y: new Tensor('int64', plain.data, plain.dims) },
    { y: new Tensor('string', ['a'], [1]) },
    { y: half, note: { type: 'kept', data: [1], dims: [1], unit: 'm' } },
  );
  const [one, two, texts, halves] = found.map(({ text }) => JSON.parse(text));
  assert.equal(one, { y: { type: 'int64', data: ['1', String(2n ** 60n)], dims: [2] } });
  assert.equal(two, one);
  assert.equal(texts, { y: { type: 'string', data: ['a'], dims: [1] } });
  assert.equal(halves.y, { type: 'float16', data: [1, -2], dims: [1, 2] });
  assert.equal(halves.note, { type: 'kept', data: [1], dims: [1], unit: 'm' });
});

test.run();
