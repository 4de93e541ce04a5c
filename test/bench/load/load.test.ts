import type { RequestListener, Server, ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gaps } from '#bench/load/arrivals.js';
import { Load, type LoadOptions } from '#bench/load/load.js';
import { requestMessage } from '#bench/load/load-request.js';
import { judgeByStatus } from '#bench/target/judge.js';
import { withServer } from '../with-server.js';

type Shape = LoadOptions['shape'];
const CLOSED: Shape = { kind: 'closed', connections: 2 };

/** A server and a load on it that has not begun. */
async function withLoad(
  listener: RequestListener,
  options: Partial<Pick<LoadOptions, 'shape' | 'timeoutMs'>>,
  use: (load: Load, server: Server) => Promise<void>,
): Promise<void> {
  await withServer(listener, async (url, server) => {
    const target = new URL(url);
    const message = requestMessage(target, { body: Buffer.from('hello'), contentType: 'text/plain' });
    const requests = [{ name: 'hello', message, faultOf: judgeByStatus }];
    const load = new Load({ target, requests, shape: CLOSED, timeoutMs: 60_000, ...options });
    try {
      await use(load, server);
    } finally {
      load.abandon();
    }
  });
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

test('a closed loop asks as many at a time as it has connections, and counts each answer once', async () => {
  let [asked, atOnce, most] = [0, 0, 0];
  const held: ServerResponse[] = [];
  const answer: RequestListener = (_, response) => {
    asked += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    held.push(response);
    if (held.length < 2) return;
    for (const one of held.splice(0)) {
      atOnce -= 1;
      one.end('ok');
    }
  };
  await withLoad(answer, {}, async (load) => {
    const window = load.openWindow();
    load.start();
    await until(() => window.good >= 40);
    load.closeWindow();
    assert.is(most, 2);
    assert.ok(window.good >= 40 && window.good <= asked);
    assert.is(window.latency.count, window.good);
    assert.is(window.errors.size, 0);
  });
});

test('errors are counted by their reason and are in no figure; the connection is made anew', async () => {
  let asked = 0;
  const answer: RequestListener = (request, response) => {
    asked += 1;
    if (asked % 3 === 0) response.writeHead(503, { connection: 'close' }).end('no');
    else if (asked % 3 === 1) request.socket.destroy();
    else response.end('ok');
  };
  await withLoad(answer, { shape: { kind: 'closed', connections: 1 } }, async (load) => {
    const window = load.openWindow();
    load.start();
    await until(() => window.good >= 5);
    load.closeWindow();
    const good = window.good;
    assert.is(window.latency.count, good);
    assert.ok((window.errors.get('status 503') ?? 0) >= 4);
    const cut = [...window.errors].filter(([reason]) => reason !== 'status 503');
    assert.ok(
      cut.every(([reason]) => /^(ECONNRESET|the server closed the connection)$/.test(reason)),
      String(cut),
    );
    assert.ok(cut.reduce((sum, [, count]) => sum + count, 0) >= 4);
  });
});

test('an open loop counts from when a request should have left: a stall is in the figures of all that it kept waiting', async () => {
  const held: ServerResponse[] = [];
  let stalled = true;
  const shape: Shape = { kind: 'open', perSecond: 200, arrivals: 'constant', seed: 1, connections: 1 };
  const answer: RequestListener = (_, response) => {
    if (stalled) held.push(response);
    else response.end('ok');
  };
  await withLoad(answer, { shape }, async (load) => {
    const window = load.openWindow();
    load.start();
    await until(() => held.length === 1);
    const { waiting } = load;
    // The next forty were meant to leave over 200 ms.
    await until(() => load.waiting >= waiting + 40);
    stalled = false;
    held[0]?.end('ok');
    await until(() => window.good >= 41);
    load.closeWindow();
    assert.is(held.length, 1, 'one request was under way');
    const slow = window.latency.count * (1 - shareBelow(window, 100));
    assert.ok(slow >= 15, `${slow} of ${window.latency.count} waited 100 ms or more`);
  });
});

/** The share of latencies below so many milliseconds. */
function shareBelow({ latency }: { latency: { quantile(share: number): number } }, milliseconds: number): number {
  let share = 0;
  while (share < 1 && latency.quantile(share) < milliseconds) share += 0.01;
  return share;
}

test('an open loop opens no more connections than it may', async () => {
  const held: ServerResponse[] = [];
  const shape: Shape = { kind: 'open', perSecond: 1000, arrivals: 'poisson', seed: 1, connections: 3 };
  await withLoad(
    (_, response) => held.push(response),
    { shape },
    async (load, server) => {
      load.start();
      await until(() => held.length === 3);
      const { waiting } = load;
      await until(() => load.waiting >= waiting + 10);
      const connections = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
      assert.equal([connections, held.length], [3, 3]);
    },
  );
});

test('a request that is not answered in time is an error, and a server that answers nothing is lost', async () => {
  await withLoad(
    () => {},
    { timeoutMs: 100 },
    async (load) => {
      const window = load.openWindow();
      load.start();
      assert.is(await load.lost, 'no answer within 0.1 s');
      // Each of the two clients gives up on its own; the server counts as lost from the first.
      await until(() => (window.errors.get('no answer within 0.1 s') ?? 0) >= 2);
      assert.is(window.good, 0);
    },
  );
});

test('a server that takes no more connections is lost', async () => {
  await withLoad(
    (_, response) => response.end('ok'),
    {},
    async (load, server) => {
      const window = load.openWindow();
      load.start();
      await until(() => window.good > 0);
      server.close();
      server.closeAllConnections();
      assert.is(await load.lost, 'ECONNREFUSED');
    },
  );
});

test('stopping waits for what is under way and counts its latency, not its throughput', async () => {
  const held: ServerResponse[] = [];
  await withLoad(
    (_, response) => held.push(response),
    {},
    async (load) => {
      const window = load.openWindow();
      load.start();
      await until(() => held.length === 2);
      load.closeWindow();
      const stopped = load.stop();
      for (const response of held) response.end('ok');
      await stopped;
      assert.equal([window.good, window.latency.count, held.length], [0, 2, 2]);
    },
  );
});

test('distances have the mean that was asked for; the same seed gives the same', () => {
  const first = (arrivals: 'constant' | 'poisson', seed: number): number[] => {
    const distances = gaps(50, arrivals, seed);
    return Array.from({ length: 20_000 }, () => distances.next().value);
  };
  assert.equal(new Set(first('constant', 1)), new Set([20]));
  const random = first('poisson', 7);
  const mean = random.reduce((sum, gap) => sum + gap, 0) / random.length;
  const deviation = Math.sqrt(random.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / random.length);
  assert.ok(Math.abs(mean - 20) < 0.6, `mean ${mean}`);
  assert.ok(Math.abs(deviation - 20) < 1, `deviation ${deviation}`);
  assert.equal(random, first('poisson', 7));
  assert.not.equal(random, first('poisson', 8));
});

test.run();
