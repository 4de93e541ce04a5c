import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyDecoder, decodedHeaders } from '#serve/http/body/content-encoding.js';
import { announcesMore, readBody } from '#serve/http/body/read-body.js';
import type { RequestBody } from '#serve/http/body/request-body.js';
import { UnfinishedBodies } from '#serve/http/body/unfinished-bodies.js';
import { settled } from '../../../support/fake-clock.js';
import { thrownCode } from '../../../support/rejects.js';

/** Reads a request with these headers; resolves with what was said of its body, at the latest when nothing more can be. */
function reading(headers: Record<string, string>, limit: number, bodies = new UnfinishedBodies(1e6)) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const told: string[] = [];
  const decoder = bodyDecoder(headers['content-encoding']);
  const end = new Promise<string>((resolve) => {
    const tell = (words: string): void => {
      told.push(words);
      resolve(words);
    };
    readBody(
      request,
      { limit, decoder, bodies },
      {
        done: (body) => tell(`body ${body.whole()}`),
        tooLarge: () => tell('too much'),
        failed: ({ code }) => tell(code),
      },
    );
  });
  return { request, told, end };
}

/** What was said of the chunks that came. */
async function received(
  headers: Record<string, string>,
  limit: number,
  chunks: readonly string[],
  end = true,
): Promise<string[]> {
  const { request, told } = reading(headers, limit);
  for (const chunk of chunks) request.push(Buffer.from(chunk));
  if (end) request.push(null);
  await settled();
  return told;
}
const CHUNKED = { 'transfer-encoding': 'chunked' };

test('a request without a body is complete at once', async () => {
  assert.equal(await received({}, 10, [], false), ['body ']);
  assert.equal(await received({ 'content-length': '0' }, 10, [], false), ['body ']);
});

test('a body is its chunks, once it has ended; the limit belongs to it', async () => {
  assert.equal(await received({ 'content-length': '4' }, 4, ['ab', 'cd']), ['body abcd']);
  assert.equal(await received({ 'content-length': '4' }, 4, ['abcd']), ['body abcd']);
  assert.equal(await received(CHUNKED, 4, []), ['body ']);
  assert.equal(await received(CHUNKED, 4, ['ab'], false), []);
});

test('a body beyond the limit is told once, as soon as it is', async () => {
  assert.equal(await received(CHUNKED, 4, ['abc', 'de'], false), ['too much']);
  assert.equal(await received(CHUNKED, 4, ['abcde', 'f', 'g']), ['too much']);
});

test('what is announced is compared with the limit, which belongs to it', () => {
  const announced = (length?: string): boolean => {
    const request = new IncomingMessage(new Socket());
    if (length !== undefined) request.headers['content-length'] = length;
    return announcesMore(request, 10);
  };
  assert.equal([announced(), announced('0'), announced('10'), announced('11')], [false, false, false, true]);
});

test('a body of many pieces is kept in few, and listened for once: neither memory nor listeners grow with the pieces', async () => {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, CHUNKED);
  const bodies = new UnfinishedBodies(1e6);
  const read = new Promise<RequestBody>((done) =>
    readBody(request, { limit: 1e6, decoder: undefined, bodies }, { done, tooLarge: () => {}, failed: () => {} }),
  );
  const before = request.listenerCount('close');
  for (let index = 0; index < 3000; index += 1) request.push(Buffer.from('x'));
  await settled();
  assert.is(request.listenerCount('close'), before + 1);
  request.push(null);
  const { pieces, length } = await read;
  assert.is(length, 3000);
  assert.ok(pieces.length <= 1024 + 2, `${pieces.length} pieces`);
});

test('a body of very many pieces is whole', async () => {
  const { request, end } = reading(CHUNKED, 5000);
  for (let index = 0; index < 5000; index += 1) request.push(Buffer.from(String(index % 10)));
  request.push(null);
  assert.is(await end, `body ${'0123456789'.repeat(500)}`);
});

for (const [encoding, compress] of [
  ['gzip', gzipSync],
  ['X-GZIP', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const) {
  test(`a body in ${encoding} is decoded; the limit belongs to what it is then; what is not ${encoding} is refused`, async () => {
    const headers = { ...CHUNKED, 'content-encoding': encoding };
    const send = async (bytes: Buffer, limit: number): Promise<string> => {
      const { request, end } = reading(headers, limit, new UnfinishedBodies(1e6));
      for (let at = 0; at < bytes.length; at += 7) request.push(bytes.subarray(at, at + 7));
      request.push(null);
      return end;
    };
    const text = 'abc'.repeat(100);
    assert.is(await send(compress(text), 300), `body ${text}`);
    assert.is(await send(compress(text), 299), 'too much');
    assert.is(await send(compress(Buffer.alloc(3_000_000)), 200_000), 'too much');
    assert.is(await send(Buffer.from('no such thing, and longer than a header'), 300), 'ERR_BODY_ENCODING');
    assert.is(await send(compress(text).subarray(0, -5), 300), 'ERR_BODY_ENCODING');
  });
}

test('no encoding is none; others than those known are refused', () => {
  for (const name of [undefined, '', ' Identity ']) assert.is(bodyDecoder(name), undefined);
  for (const name of ['zstd', 'gzip, gzip', 'constructor'])
    assert.is(
      thrownCode(() => bodyDecoder(name)),
      'ERR_CONTENT_ENCODING',
    );
});

test('a handler gets the headers of the decoded body', () => {
  const headers = ['A', '1', 'Content-Encoding', 'gzip', 'Content-Length', '30'];
  assert.equal(decodedHeaders(headers, 300), ['A', '1', 'Content-Length', '300']);
});

test('all bodies that arrive have a limit together: beyond it the stalest is given up', async () => {
  const bodies = new UnfinishedBodies(10);
  const [first, second, third] = [
    reading(CHUNKED, 10, bodies),
    reading(CHUNKED, 10, bodies),
    reading(CHUNKED, 10, bodies),
  ];
  const push = async ({ request }: typeof first, text: string): Promise<void> => {
    request.push(Buffer.from(text));
    await settled();
  };
  await push(first, 'aaaa');
  await push(second, 'bbbb');
  await push(first, 'a');
  await push(third, 'cc');
  assert.equal([first.told, second.told, third.told], [[], ['ERR_BODIES'], []]);
  first.request.destroy();
  await settled();
  await push(third, 'cccccccc');
  third.request.push(null);
  assert.equal([await third.end, first.told], ['body cccccccccc', []]);
});

test.run();
