import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Answer } from '#serve/http/server/answer.js';
import { messageRefusal } from '#serve/http/server/bad-message.js';
import type { LogEvent } from '#serve/log.js';
import { connection } from '../../../support/connection.js';
import { withClock } from '../../../support/fake-clock.js';
import { dialectOf, withListener } from '../../../support/listening.js';

const GOOD = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx';
const HALF = 'POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhal';
const LATE = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
const statuses = (received: string): number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

/** A connection that keeps what is written into it. */
class Pipe extends Duplex {
  written = '';
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString('latin1');
    done();
  }
}

/** A refusal without a listener, and its log. */
function refusal() {
  const log: LogEvent[] = [];
  const refuse = messageRefusal(
    dialectOf(() => ({ status: 200, body: '' })),
    [['access-control-allow-origin', '*']],
    (event) => log.push(event),
  );
  return { refuse, log };
}

test('what is not HTTP is answered in the words of the dialect, with all headers, and logged', () => {
  const { refuse, log } = refusal();
  const socket = new Pipe();
  refuse.message(new Error('Parse Error'), socket, undefined);
  const [, id] = /x-request-id: ([0-9a-f-]{36})\r/.exec(socket.written) ?? [];
  assert.is(
    socket.written,
    [
      'HTTP/1.1 400 Bad Request',
      'content-type: text/plain',
      `x-request-id: ${id}`,
      'access-control-allow-origin: *',
      'Pragma: no-cache',
      'Cache-Control: no-cache; no-store, must-revalidate, private',
      'Expires: Thu, 01 Jan 1970 00:00:00 UTC',
      'X-Content-Type-Options: nosniff',
      "Content-Security-Policy: sandbox; default-src 'none'",
      'content-length: 24',
      'connection: close',
      '',
      'The message is not HTTP.',
    ].join('\r\n'),
  );
  assert.equal(log, [
    {
      level: 'debug',
      event: 'request-refused',
      message: 'Answered 400: The message is not HTTP.',
      status: 400,
    },
  ]);
  refuse.message(new Error('Parse Error'), socket, undefined);
  assert.equal([statuses(socket.written), log.length], [[400], 1], 'what follows counts no more');
});

test('what arrives too slowly is 408, a tunnel 405', () => {
  const { refuse, log } = refusal();
  const [slow, tunnel] = [new Pipe(), new Pipe()];
  refuse.message(LATE, slow, undefined);
  refuse.connect(tunnel, undefined);
  assert.match(slow.written, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*\r\n\r\nThe request did not arrive in time\.$/);
  assert.match(tunnel.written, /^HTTP\/1\.1 405 Method Not Allowed\r\n[\s\S]*\r\n\r\nCONNECT is not served here\.$/);
  assert.equal(
    log.map(({ status }) => status),
    [408, 405],
  );
});

test('a connection that is gone is only let go', () => {
  const { refuse, log } = refusal();
  const [reset, ended] = [new Pipe(), new Pipe()];
  refuse.message(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), reset, undefined);
  ended.end();
  refuse.message(new Error('Parse Error'), ended, undefined);
  assert.equal([reset.destroyed, reset.written, ended.destroyed, ended.written], [true, '', true, '']);
  assert.equal(log, []);
});

test(
  'a client has two seconds to read why',
  withClock(async (clock) => {
    const socket = new Pipe();
    refusal().refuse.connect(socket, undefined);
    await clock.advance(1999);
    assert.equal([socket.writableEnded, socket.destroyed], [true, false]);
    await clock.advance(1);
    assert.is(socket.destroyed, true);
  }),
);

/** A listener whose route answers `/a` when it is told to. */
async function withHeld(
  use: (held: {
    url: string;
    answer: () => void;
    asked: () => string[];
    fault: (error: Error) => void;
    /** The request for this path, once its head has arrived. */
    arrived: (path: string) => Promise<IncomingMessage>;
  }) => Promise<void>,
): Promise<void> {
  let answer: (given: Answer) => void = () => {};
  let reached: () => void = () => {};
  const routed = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const route = ({ target }: { target: { path: string } }) =>
    target.path === '/a'
      ? new Promise<Answer>((resolve) => {
          answer = resolve;
          reached();
        })
      : { status: 200, body: 'second' };
  await withListener({ route }, async ({ url, server, sockets, asked }) => {
    const seen = new Map<string, IncomingMessage>();
    server.on('request', (request) => seen.set(request.url ?? '', request));
    const arrived = async (path: string): Promise<IncomingMessage> => {
      for (;;) {
        const request = seen.get(path);
        if (request) return request;
        await once(server, 'request');
      }
    };
    await use({
      url,
      answer: () => void routed.then(() => answer({ status: 200, body: 'first' })),
      asked: () => asked.map(({ target }) => target.path),
      fault: (error) => void server.emit('clientError', error, sockets[0]),
      arrived,
    });
  });
}

for (const [name, broken, status] of [
  ['garbage', 'no HTTP at all\r\n\r\n', 400],
  ['a tunnel', 'CONNECT /ping HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['a broken body', 'POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n', 400],
] as const) {
  test(`${name} behind a request that is still computed: that one is answered first, then ${status}`, async () => {
    await withHeld(async ({ url, answer, asked }) => {
      const client = await connection(url);
      client.send(GOOD + broken);
      answer();
      const received = await client.rest();
      assert.equal([statuses(received), asked()], [[200, status], ['/a']]);
      assert.match(received, /first[\s\S]*connection: close/);
    });
  });
}

test('a body that breaks is answered at once, and its request reaches no route', async () => {
  await withListener({}, async ({ url, asked }) => {
    const client = await connection(url);
    client.send('POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n');
    assert.equal([statuses(await client.rest()), asked], [[400], []]);
  });
});

test('the end of a body that comes after its 408 is of no use, and does no harm', async () => {
  await withHeld(async ({ url, answer, arrived, asked, fault }) => {
    const client = await connection(url);
    client.send(GOOD + HALF);
    const late = await arrived('/b');
    fault(LATE);
    const whole = once(late, 'end');
    client.send('f!');
    await whole;
    answer();
    assert.equal([statuses(await client.rest()), asked()], [[200, 408], ['/a']]);
  });
});

test('a body that grows too large after its 408 is of no use either', async () => {
  await withHeld(async ({ url, answer, arrived, fault }) => {
    const client = await connection(url);
    client.send(`${GOOD}POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`);
    const late = await arrived('/b');
    fault(LATE);
    const whole = once(late, 'end');
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    client.send(`${chunk.repeat(7)}0\r\n\r\n`);
    await whole;
    answer();
    assert.equal(statuses(await client.rest()), [200, 408]);
  });
});

test.run();
