import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listen } from '#serve/http/server/address.js';
import { dropIdleReader } from '#serve/http/server/idle-reader.js';
import { connection } from '../../../support/connection.js';
import { withListener } from '../../../support/listening.js';

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const HUGE = Buffer.alloc(5e7, 'x');

/** A server that answers with so many bytes, watched for `limitMs`; hands over each answer. */
async function withAnswers(
  bytes: number,
  limitMs: number,
  use: (url: string, answer: Promise<ServerResponse>, drops: () => number) => Promise<void>,
): Promise<void> {
  let drops = 0;
  let hand: (response: ServerResponse) => void = () => {};
  const answer = new Promise<ServerResponse>((resolve) => {
    hand = resolve;
  });
  const server = createServer({ keepAliveTimeout: 0 }, (_request, response) => {
    response.end(HUGE.subarray(0, bytes));
    dropIdleReader(response, limitMs, () => {
      drops += 1;
    });
    hand(response);
  });
  const url = await listen(server, { kind: 'tcp', tls: false, host: '127.0.0.1', port: 0 });
  try {
    await use(url, answer, () => drops);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('a client that takes nothing is dropped, and its connection is let go', async () => {
  await withAnswers(HUGE.length, 20, async (url, answer, drops) => {
    const client = await connection(url);
    client.socket.pause();
    client.send(GET);
    const response = await answer;
    await once(response, 'close');
    assert.equal([drops(), response.destroyed], [1, true]);
  });
});

test('0 waits for ever', async () => {
  await withAnswers(HUGE.length, 0, async (url, answer) => {
    const client = await connection(url);
    client.socket.pause();
    client.send(GET);
    assert.is((await answer).socket?.timeout, 0);
    client.socket.destroy();
  });
});

test('a client that takes all is not dropped, and what follows on its connection has no limit', async () => {
  await withAnswers(HUGE.length, 60_000, async (url, answer, drops) => {
    const client = await connection(url);
    client.send(GET);
    const response = await answer;
    const { socket } = response;
    assert.is(socket?.timeout, 60_000);
    await once(response, 'close');
    assert.equal([socket?.timeout, drops(), socket?.destroyed, response.writableFinished], [0, 0, false, true]);
    client.socket.destroy();
  });
});

test('a listener drops such a client after send_timeout, and says so', async () => {
  const route = ({ target }: { target: { path: string } }) => ({
    status: 200,
    body: target.path === '/huge' ? HUGE : 'small',
  });
  await withListener(
    { route, settings: { sendTimeoutSeconds: 0.02, accessLog: true } },
    async ({ url, logged, log, sockets }) => {
      const client = await connection(url);
      client.send(GET);
      await client.until('small');
      assert.equal(
        log.map(({ event }) => event),
        ['access'],
      );
      client.socket.pause();
      const gone = sockets[0] && once(sockets[0], 'close');
      client.send(GET.replace('/', '/huge'));
      assert.equal(await logged('reader-dropped'), {
        level: 'warn',
        event: 'reader-dropped',
        message: 'A client took nothing of its answer for 0.02 s and was dropped',
        hint: 'Raise send_timeout.',
      });
      await gone;
      const { access } = log[2] ?? {};
      assert.equal([access?.target, access?.complete], ['/huge', false]);
      client.socket.destroy();
    },
  );
});

test.run();
