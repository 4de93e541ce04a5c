import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Runner, withRunner } from '../support/runner.js';

const HUGE = 'export const handle = (batch) => batch.map(() => Buffer.alloc(1e8, 97));';
const PROPERTIES = 'max_response_size=100000000\nsend_timeout=1';

/** A client that has asked for 100 MB and reads nothing by itself. */
async function ask(runner: Runner, requests = 1): Promise<Socket> {
  const { hostname, port } = new URL(runner.inferenceUrl);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const close = (index: number): string => (index === requests - 1 ? 'Connection: close\r\n' : '');
  for (let index = 0; index < requests; index += 1) {
    socket.write(`POST /predictions/m HTTP/1.1\r\nHost: x\r\n${close(index)}Content-Length: 0\r\n\r\n`);
  }
  return socket;
}

async function withHuge(use: (runner: Runner, dropped: Promise<unknown>) => Promise<void>, code = HUGE): Promise<void> {
  let onDrop: (value: unknown) => void = () => {};
  const dropped = new Promise((resolve) => {
    onDrop = resolve;
  });
  const onLog = ({ event }: { event: string }): void => {
    if (event === 'reader-dropped') onDrop(event);
  };
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      await use(runner, dropped);
    },
    { properties: PROPERTIES, onLog },
  );
}

test('a client that takes nothing of its answer for send_timeout is dropped', async () => {
  await withHuge(async (runner, dropped) => {
    const socket = await ask(runner);
    await dropped;
    let received = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    await once(socket, 'close');
    assert.ok(received < 1e8, `${received} bytes`);
    assert.is((await fetch(`${runner.inferenceUrl}/ping`)).status, 200);
  });
});

test('a client that is slow but goes on reading gets all of it', async () => {
  await withHuge(async (runner) => {
    const socket = await ask(runner);
    let received = 0;
    for await (const chunk of socket) {
      const before = received;
      received += chunk.length;
      // 30 stops of a tenth of the limit: three times the limit in all.
      if (Math.floor(received / 3.3e6) > Math.floor(before / 3.3e6)) await pause(100);
    }
    assert.ok(received > 1e8);
  });
});

test('the time of a handler behind a large answer on the same connection does not count', async () => {
  const code = `let calls = 0;
  export const handle = async (batch) => {
    calls += 1;
    if (calls === 1) return batch.map(() => Buffer.alloc(1e8, 97));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return batch.map(() => 'the second answer');
  };`;
  await withHuge(async (runner) => {
    const socket = await ask(runner, 2);
    let last = '';
    for await (const chunk of socket) last = `${last}${chunk.subarray(-1000).toString('latin1')}`.slice(-1000);
    assert.match(last, /the second answer$/);
  }, code);
});

test.run();
