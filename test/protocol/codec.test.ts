import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { encodeLoad } from '#protocol/load.js';
import type { LoadRequest, PredictRequest, WorkerResponse } from '#protocol/messages.js';
import { encodePredict } from '#protocol/predict.js';
import { requestDecoder, type WorkerRequest } from '#protocol/request.js';
import { encodeResponse, responseDecoder } from '#protocol/response.js';

/** Plain objects, as the decoder makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const pairs = fc.array(fc.tuple(text, text), { maxLength: 4 });
const body = fc
  .oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat({ max: 90_000 }).map((size) => new Uint8Array(size).fill(size)),
  )
  .map((bytes) => Buffer.from(bytes));

const load: fc.Arbitrary<LoadRequest> = record({
  modelName: text,
  modelPath: text,
  batchSize: int,
  handler: text,
  gpuId: int,
  dialect: fc.oneof(
    record({ kind: fc.constant('mms' as const), ioFd: text }),
    record({ kind: fc.constant('torchserve' as const), envelope: text, limitMaxImagePixels: fc.boolean() }),
  ),
});
const predict: fc.Arbitrary<PredictRequest> = record({
  jobs: fc.array(
    record({
      id: text,
      headers: pairs,
      parameters: fc.array(record({ name: text, contentType: text, value: body }), { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
});
const response: fc.Arbitrary<WorkerResponse> = record({
  code: int,
  message: text,
  predictions: fc.array(record({ id: text, contentType: text, status: int, phrase: text, headers: pairs, body }), {
    maxLength: 4,
  }),
});

/** The stream cut at arbitrary places: the cut list is taken modulo the length. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const to of [...sorted, bytes.length]) {
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}
const isLimit = (error: unknown): boolean => error instanceof MarError && error.code === 'ERR_PROTOCOL_LIMIT';
const cuts = fc.array(fc.nat(), { maxLength: 12 });

test('a response survives any chunking, several in one stream', () => {
  fc.assert(
    fc.property(fc.array(response, { minLength: 1, maxLength: 3 }), cuts, (responses, places) => {
      const decoder = responseDecoder();
      const stream = Buffer.concat(responses.flatMap(encodeResponse));
      const decoded = cut(stream, places).flatMap((chunk) => decoder.push(chunk));
      assert.equal(decoded, responses);
      assert.is(decoder.partial, false);
    }),
    { numRuns: 150 },
  );
});

test('a predict message survives any chunking', () => {
  fc.assert(
    fc.property(predict, cuts, (request, places) => {
      const decoder = requestDecoder();
      const decoded = cut(Buffer.concat(encodePredict(request)), places).flatMap((chunk) => decoder.push(chunk));
      assert.equal(decoded, [{ kind: 'predict', predict: request }]);
    }),
    { numRuns: 150 },
  );
});

test('a large value may be sent in pieces, and lies where a view of any element can begin', () => {
  const pieces = [40_000, 3, 50_000].map((size, index) => Buffer.alloc(size, `${index}`));
  const whole = Buffer.concat(pieces);
  for (const id of ['i', 'id', 'id-', 'id--', 'id-of-more-bytes']) {
    const jobs = [{ id, headers: [], parameters: [{ name: 'body', contentType: 'a/b', value: pieces }] }];
    const stream = Buffer.concat(encodePredict({ jobs }));
    for (const reused of [false, true]) {
      const decoder = requestDecoder('mms', { reused });
      const memory = Buffer.alloc(16_384);
      const decoded: WorkerRequest[] = [];
      for (let start = 0; start < stream.length; start += memory.length) {
        const length = stream.copy(memory, 0, start, start + memory.length);
        const chunk = memory.subarray(0, length);
        decoded.push(...decoder.push(reused ? chunk : Buffer.from(chunk)));
      }
      const [message] = decoded;
      assert.is(message?.kind, 'predict');
      const value = message?.kind === 'predict' ? message.predict.jobs[0]?.parameters[0]?.value : undefined;
      assert.ok(value?.equals(whole));
      assert.is((value?.byteOffset ?? 1) % 8, 0);
    }
  }
});

test('memory that is used again for the next bytes changes no message', () => {
  const decoder = requestDecoder('mms', { reused: true });
  const message = (text: string): Buffer =>
    Buffer.concat(
      encodePredict({
        jobs: [{ id: text, headers: [], parameters: [{ name: 'body', contentType: '', value: Buffer.from(text) }] }],
      }),
    );
  const memory = message('first');
  const [first] = decoder.push(memory);
  message('other').copy(memory);
  assert.is(first?.kind === 'predict' ? String(first.predict.jobs[0]?.parameters[0]?.value) : '', 'first');
});

test('a load message survives any chunking in both dialects', () => {
  fc.assert(
    fc.property(load, cuts, (request, places) => {
      const decoder = requestDecoder(request.dialect.kind);
      const decoded = cut(Buffer.concat(encodeLoad(request)), places).flatMap((chunk) => decoder.push(chunk));
      assert.equal(decoded, [{ kind: 'load', load: request }]);
    }),
  );
});

test('a message that came byte by byte does not change when the next one arrives', () => {
  const one: WorkerResponse = {
    code: 200,
    message: '',
    predictions: [{ id: 'a', contentType: '', status: 200, phrase: '', headers: [], body: Buffer.from('first') }],
  };
  const decoder = responseDecoder();
  const bytes = Buffer.concat([
    ...encodeResponse(one),
    ...encodeResponse({ code: 500, message: 'x', predictions: [] }),
  ]);
  const decoded: WorkerResponse[] = [];
  for (const byte of bytes) decoded.push(...decoder.push(Buffer.from([byte])));
  assert.is(decoded[0]?.predictions[0]?.body.toString(), 'first');
  assert.is(decoded[1]?.code, 500);
});

test('garbage is an error or an incomplete message, never a crash or an endless loop', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const decoder of [responseDecoder(), requestDecoder('mms', { limit: 1000 })]) {
        try {
          decoder.push(Buffer.from(bytes));
        } catch (error) {
          assert.instance(error, MarError);
          assert.match(error instanceof MarError ? error.code : '', /^ERR_PROTOCOL/);
        }
      }
    }),
  );
});

test('a body beyond the limit fails before its bytes arrive, and one at the limit does not', () => {
  const answer = (size: number): Buffer => {
    const prediction = { id: 'a', contentType: '', status: 200, phrase: '', headers: [], body: Buffer.alloc(size) };
    return Buffer.concat(encodeResponse({ code: 200, message: '', predictions: [prediction] }));
  };
  assert.is(responseDecoder(3000).push(answer(3000)).length, 1);
  assert.throws(() => responseDecoder(3000).push(answer(3001).subarray(0, 40)), isLimit);
});

test('a text of more than 1 MiB is no message', () => {
  const header = Buffer.alloc(8);
  header.writeInt32BE(200, 0);
  header.writeInt32BE(2_000_000, 4);
  assert.throws(() => responseDecoder().push(header), /a message of 2000000 bytes was announced/);
});

test('large bodies are handed on by reference', () => {
  const value = Buffer.alloc(6_500_000, 7);
  const buffers = encodePredict({
    jobs: [{ id: 'a', headers: [], parameters: [{ name: 'body', contentType: '', value }] }],
  });
  assert.ok(buffers.includes(value));
  assert.is(buffers.length, 3);
});

test('the bytes on the wire', () => {
  const hex = (buffers: Buffer[]) =>
    Buffer.concat(buffers)
      .toString('hex')
      .replaceAll(/(.{8})/g, '$1 ')
      .trim();
  const base = { modelName: 'm', modelPath: '/a', batchSize: 2, handler: 's:h', gpuId: -1 };
  assert.is(
    hex(encodeLoad({ ...base, dialect: { kind: 'mms', ioFd: 'fd' } })),
    '4c000000 016d0000 00022f61 00000002 00000003 733a68ff ffffff00 00000266 64',
  );
  assert.is(
    hex(encodeLoad({ ...base, dialect: { kind: 'torchserve', envelope: '', limitMaxImagePixels: true } })),
    '4c000000 016d0000 00022f61 00000002 00000003 733a68ff ffffff00 00000001',
  );
  assert.is(
    hex(
      encodePredict({
        jobs: [
          {
            id: 'é',
            headers: [['k', 'v']],
            parameters: [{ name: 'body', contentType: 'text/plain', value: Buffer.from('hi') }],
          },
        ],
      }),
    ),
    '49000000 02c3a900 0000016b 00000001 76ffffff ff000000 04626f64 79000000 0a746578 742f706c 61696e00 00000268 69ffffff ffffffff ff',
  );
  assert.is(
    hex(
      encodeResponse({
        code: 200,
        message: 'ok',
        predictions: [
          { id: 'a', contentType: 'x/y', status: 201, phrase: 'C', headers: [['k', 'v']], body: Buffer.from('[]') },
        ],
      }),
    ),
    '000000c8 00000002 6f6b0000 00016100 00000378 2f790000 00c90000 00014300 00000100 0000016b 00000001 76000000 025b5dff ffffff',
  );
});

test.run();
