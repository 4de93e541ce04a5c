import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AnswerReader, type HttpAnswer } from '#bench/load/answer-reader.js';

/** What is read of some bytes, handed over in pieces of this size; `ended`: the connection ends behind them. */
function read(text: string, size: number, ended = false): { answers: HttpAnswer[]; whole: boolean } {
  const answers: HttpAnswer[] = [];
  const reader = new AnswerReader((answer) => answers.push(answer));
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return { answers, whole: ended && reader.end() };
}

const shown = ({ status, body, keepsOpen }: HttpAnswer) => [status, body.toString(), keepsOpen];

const CASES: readonly (readonly [name: string, text: string, expected: readonly unknown[]])[] = [
  [
    'two answers with a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 503 \r\ncontent-length:2\r\nConnection: close\r\n\r\nde',
    [
      [200, 'abc', true],
      [503, 'de', false],
    ],
  ],
  ['an empty body', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', [[200, '', true]]],
  [
    'no body at all',
    'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n',
    [
      [204, '', true],
      [304, '', true],
    ],
  ],
  [
    'chunks with extensions and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nz',
    [
      [200, 'abc0123456789', true],
      [200, 'z', true],
    ],
  ],
  [
    'an announcement before the answer',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nz',
    [[200, 'z', true]],
  ],
  ['HTTP/1.0 ends the connection', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nz', [[200, 'z', false]]],
  [
    'HTTP/1.0 that stays',
    'HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive\r\n\r\nz',
    [[200, 'z', true]],
  ],
];

for (const [name, text, expected] of CASES) {
  for (const size of [1, 7, 10_000]) {
    test(`${name}, in pieces of ${size}`, () => {
      assert.equal(read(text, size).answers.map(shown), expected);
    });
  }
}

test('an answer without a length lasts to the end of the connection', () => {
  const { answers, whole } = read('HTTP/1.1 200 OK\r\n\r\nabc', 4, true);
  assert.equal([answers.map(shown), whole], [[[200, 'abc', false]], true]);
});

test('a large body is read from many pieces', () => {
  const body = 'x'.repeat(300_000);
  const { answers } = read(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`.repeat(2), 1000);
  assert.equal(
    answers.map(({ body: { length } }) => length),
    [300_000, 300_000],
  );
});

test('a connection that ends within an answer gives none', () => {
  const { answers, whole } = read('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc', 4, true);
  assert.equal([answers.length, whole], [0, false]);
});

test('what is not HTTP is said to be none', () => {
  assert.throws(() => read('SSH-2.0-OpenSSH\r\n\r\n', 100), /the answer is not HTTP: it begins with "SSH-2.0-OpenSSH/);
  assert.throws(() => read('x'.repeat(70_000), 1000), /its head does not end/);
  assert.throws(() => read('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 100), /a chunk has no size/);
});

test.run();
