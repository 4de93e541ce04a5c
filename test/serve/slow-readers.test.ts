import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { layFolder } from '../support/model-folder.js';
import { type Runner, withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const HUGE = 'export const handle = (batch) => batch.map(() => Buffer.alloc(1e8, 97));';
const PROPERTIES = 'max_response_size=100000000\nsend_timeout=1';

/** A client that has asked for 100 MB and reads nothing by itself. */
async function ask(runner: Runner, requests = 1): Promise<Socket> {
  const { hostname, port, protocol } = new URL(runner.inferenceUrl);
  const plain = connect(Number(port), hostname);
  const socket = protocol === 'https:' ? tls.connect({ socket: plain, rejectUnauthorized: false }) : plain;
  await once(socket, socket === plain ? 'connect' : 'secureConnect');
  const close = (index: number): string => (index === requests - 1 ? 'Connection: close\r\n' : '');
  for (let index = 0; index < requests; index += 1) {
    socket.write(`POST /predictions/m HTTP/1.1\r\nHost: x\r\n${close(index)}Content-Length: 0\r\n\r\n`);
  }
  return socket;
}

async function withHuge(
  use: (runner: Runner, dropped: Promise<unknown>) => Promise<void>,
  { code = HUGE, scheme = 'http', properties = '' } = {},
): Promise<void> {
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
    { properties: `${PROPERTIES}\n${properties}`, onLog, inferenceAddress: `${scheme}://127.0.0.1:0` },
  );
}

const folder = layFolder({});
const [key, certificate] = [join(folder.path, 'key.pem'), join(folder.path, 'certificate.pem')];
const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
spawnSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate]);
test.after(() => folder.remove());

for (const scheme of ['http', 'https'] as const) {
  const missing = scheme === 'https' ? missingCommand('openssl') : undefined;
  const properties = scheme === 'https' ? `private_key_file=${key}\ncertificate_file=${certificate}` : '';

  testUnless(
    missing,
    test,
    `${scheme}: a client that takes nothing of its answer for send_timeout is dropped`,
    async () => {
      await withHuge(
        async (runner, dropped) => {
          const socket = await ask(runner);
          await dropped;
          let received = 0;
          socket.on('error', () => {});
          socket.on('data', (chunk: Buffer) => {
            received += chunk.length;
          });
          await once(socket, 'close');
          assert.ok(received < 1e8, `${received} bytes`);
          assert.is((await runner.manage('GET', '/models/m')).status, 200);
        },
        { scheme, properties },
      );
    },
  );

  testUnless(missing, test, `${scheme}: a client that is slow but goes on reading gets all of it`, async () => {
    await withHuge(
      async (runner) => {
        const socket = await ask(runner);
        let received = 0;
        for await (const chunk of socket) {
          const before = received;
          received += chunk.length;
          // 30 stops of a tenth of the limit: three times the limit in all.
          if (Math.floor(received / 3.3e6) > Math.floor(before / 3.3e6)) await pause(100);
        }
        assert.ok(received > 1e8, `${received} bytes`);
      },
      { scheme, properties },
    );
  });
}

test('the time of a handler behind a large answer on the same connection does not count', async () => {
  const code = `let calls = 0;
  export const handle = async (batch) => {
    calls += 1;
    if (calls === 1) return batch.map(() => Buffer.alloc(1e8, 97));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return batch.map(() => 'the second answer');
  };`;
  await withHuge(
    async (runner) => {
      const socket = await ask(runner, 2);
      let last = '';
      for await (const chunk of socket) last = `${last}${chunk.subarray(-1000).toString('latin1')}`.slice(-1000);
      assert.match(last, /the second answer$/);
    },
    { code },
  );
});

test.run();
