import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { announcesMore, readBody } from '#serve/http/server/read-body.js';
import { settled } from '../../../support/fake-clock.js';

/** A request with these headers; what `readBody` said of the chunks that came. */
async function received(
  headers: Record<string, string>,
  limit: number,
  chunks: readonly string[],
  end = true,
): Promise<string[]> {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  const told: string[] = [];
  readBody(request, limit, (body) => told.push(body === undefined ? 'too much' : `body ${body}`));
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

test.run();
