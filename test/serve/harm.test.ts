import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { exchange, withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json()) as { message: string };
  return message;
}

test('a handler that writes garbage to its socket loses its worker, nothing else', async () => {
  const code = `import { writeSync } from 'node:fs';
    export const handle = (batch) => {
      if (String(batch[0].body) === 'garbage') {
        for (const descriptor of [3, 4]) try { writeSync(descriptor, Buffer.alloc(64, 0xff)); } catch {}
      }
      return batch.map(() => 'alive');
    };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const broken = await runner.predict('m', 'garbage', { headers: { 'content-type': 'text/plain' } });
    assert.is(broken.status, 500);
    assert.match(await messageOf(broken), /^Worker died\.\n/);
    assert.is(await (await runner.predict('m', 'x')).text(), 'alive');
  });
});

testUnless(
  missingCommand('python3'),
  test,
  'a handler that leaks until there is no memory is 507, and lives on',
  async () => {
    const code = `import resource
def handle(data, context):
    if data is None:
        return None
    kept = []
    if bytes(data[0]["body"]) == b"leak":
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 2 ** 26, resource.RLIM_INFINITY))
        while True:
            kept.append(bytearray(2 ** 20))
    return ["alive"] * len(data)
`;
    await withRunner({ 'm.py': code }, async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      const leaked = await runner.predict('m', Buffer.from('leak'));
      assert.is(leaked.status, 507);
      assert.match(await messageOf(leaked), /^Out of resources/);
      assert.is(await (await runner.predict('m', Buffer.from('x'))).text(), 'alive');
    });
  },
);

test('a client that leaves in the middle of a large answer', async () => {
  const code = 'export const handle = (batch) => batch.map(() => Buffer.alloc(6_000_000, 97));';
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const { hostname, port } = new URL(runner.inferenceUrl);
    const socket = connect(Number(port), hostname);
    socket.write('POST /predictions/m HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx');
    await once(socket, 'data');
    socket.destroy();
    assert.is((await (await runner.predict('m')).arrayBuffer()).byteLength, 6_000_000);
  });
});

test('the clock may jump: delays and timeouts run on another one', async () => {
  const code = 'export const handle = (batch) => batch.map(() => String(batch.length));';
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&batch_size=2&max_batch_delay=20');
    const now = Date.now;
    try {
      for (const jump of [-3_600_000, 3_600_000]) {
        const answer = runner.predict('m');
        Date.now = () => now() + jump;
        assert.is(await (await answer).text(), '1');
      }
    } finally {
      Date.now = now;
    }
  });
});

test('pipelined requests are answered in order', async () => {
  await withRunner({}, async (runner) => {
    const ping = 'GET /ping HTTP/1.1\r\nHost: x\r\n\r\n';
    const last = 'GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await exchange(runner.inferenceUrl, ping + ping + last);
    assert.equal(
      [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status),
      ['200', '200', '404'],
    );
  });
});

test('max_response_size is that of a body: neither what a load says nor the frame of an answer counts', async () => {
  const code = 'export const handle = (batch) => batch.map((row) => String(row.body));';
  await withRunner(
    { m: code },
    async (runner) => {
      assert.is((await runner.manage('POST', '/models?url=m&initial_workers=1')).status, 200);
      const send = (body: string) => runner.predict('m', body, { headers: { 'content-type': 'text/plain' } });
      assert.is(await (await send('x')).text(), 'x');
      assert.match(
        await messageOf(await send('xx')),
        /sent a response of 2 bytes, more than the 1 that are allowed\.\nhint: .*max_response_size/,
      );
    },
    { properties: 'max_response_size=1' },
  );
});

test.run();
