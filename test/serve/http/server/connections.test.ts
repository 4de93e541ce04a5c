import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Answer } from '#serve/http/server/answer.js';
import { connectionShares, limitConnections } from '#serve/http/server/connections.js';
import { connection } from '../../../support/connection.js';
import { withListener } from '../../../support/listening.js';
import { testUnless } from '../../../support/test-unless.js';

test('descriptors are shared out: some for the rest of the program, some for management', () => {
  const shares = (limit: number) => connectionShares(`Max open files            ${limit}                 9999 files\n`);
  assert.equal(shares(1024), { descriptors: 1024, both: 768, management: 96, inference: 672 });
  assert.equal(shares(128), { descriptors: 128, both: 64, management: 8, inference: 56 });
  assert.equal(shares(10), { descriptors: 10, both: 16, management: 2, inference: 14 });
  assert.is(connectionShares('Max open files            unlimited            unlimited            files'), undefined);
  assert.is(connectionShares(''), undefined);
});

testUnless(
  process.platform === 'linux' ? undefined : 'only Linux tells the limit',
  test,
  'what is shared out is what this process may have',
  () => {
    const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    assert.is(String(connectionShares()?.descriptors ?? 'unlimited'), limit);
  },
);

test('connections beyond the limit are closed at once, and the log says so, once a second', async () => {
  await withListener({}, async ({ url, server, log, context, logged }) => {
    limitConnections(server, 1, 40, context.log);
    const first = await connection(url);
    assert.equal([await (await connection(url)).rest(), await (await connection(url)).rest()], ['', '']);
    const { level, message } = await logged('connections-full');
    assert.equal([level, log.length], ['error', 1]);
    assert.match(message, '1 are open, and the process may have 40 open files');
    first.send('GET / HTTP/1.1\r\n\r\n');
    await first.until('fine');
    first.socket.destroy();
  });
});

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** A route that answers when a test says so, and what became of its clients. */
function waitingRoute() {
  const seen = { gone: 0 };
  let open: () => void = () => {};
  const opened = new Promise<Answer>((resolve) => {
    open = () => resolve({ status: 200, body: 'at last' });
  });
  let tell: () => void = () => {};
  const left = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const route = ({ onDisconnect }: { onDisconnect(callback: () => void): void }): Promise<Answer> => {
    onDisconnect(() => {
      seen.gone += 1;
      tell();
    });
    return opened;
  };
  return { route, seen, open: () => open(), left };
}

test('a client that has closed its sending side alone has its answer', async () => {
  const { route, seen, open } = waitingRoute();
  await withListener({ route }, async ({ url }) => {
    const client = await connection(url);
    client.socket.allowHalfOpen = true;
    client.send(GET);
    client.socket.end();
    await client.until('100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n');
    open();
    const received = await client.rest();
    assert.match(received, /^(HTTP\/1\.1 100 Continue\r\n\r\n)+HTTP\/1\.1 200 OK\r\n.*at last$/s);
    assert.is(seen.gone, 0);
  });
});

test('so has one of HTTP/1.0, which knows no 100', async () => {
  const { route, open } = waitingRoute();
  await withListener({ route }, async ({ url, sockets, server }) => {
    const client = await connection(url);
    client.socket.allowHalfOpen = true;
    client.send('GET / HTTP/1.0\r\n\r\n');
    client.socket.end();
    await once(server, 'request');
    const [socket] = sockets;
    if (socket && !socket.readableEnded) await once(socket, 'end');
    open();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n.*at last$/s);
  });
});

test('a client that has closed the whole connection is gone', async () => {
  const { route, seen, left } = waitingRoute();
  await withListener({ route }, async ({ url, server }) => {
    const client = await connection(url);
    client.send(GET);
    await once(server, 'request');
    client.socket.destroy();
    await left;
    assert.is(seen.gone, 1);
  });
});

test.run();
