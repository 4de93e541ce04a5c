import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { exchange, withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const ECHO = 'export const handle = (batch) => batch.map((row) => String(row.body ?? row.data));';

async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json()) as { message: string };
  return message;
}

test('a worker killed mid-batch: its request hears why, the next is served by another worker', async () => {
  const code = `export const handle = async (batch) => {
    if (String(batch[0].body) === 'die') process.kill(process.pid, 'SIGKILL');
    return batch.map(() => 'alive');
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const died = await runner.predict('m', 'die', { headers: { 'content-type': 'text/plain' } });
    assert.is(died.status, 500);
    const message = await messageOf(died);
    assert.match(message, /^Worker died\.\n/);
    assert.match(message, /SIGKILL/);
    assert.is(await (await runner.predict('m', 'x')).text(), 'alive');
  });
});

test('a handler that loops is replaced after the response timeout', async () => {
  const code = `export const handle = (batch) => {
    if (String(batch[0].body) === 'loop') for (;;);
    return batch.map(() => 'alive');
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&response_timeout=1');
    const looped = await runner.predict('m', 'loop', { headers: { 'content-type': 'text/plain' } });
    assert.is(looped.status, 500);
    assert.match(await messageOf(looped), /did not answer within 1000 ms/);
    assert.is((await runner.predict('m', 'x')).status, 200);
  });
});

test('a promise that never settles is ended by the response timeout', async () => {
  const code = 'export const handle = () => new Promise(() => {});';
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&response_timeout=1');
    assert.is((await runner.predict('m')).status, 500);
  });
});

test('handlers that exit, throw a non-error or return the wrong length harm one request only', async () => {
  const code = `export const handle = (batch) => {
    const text = String(batch[0].body);
    if (text === 'exit') process.exit(3);
    if (text === 'throw') throw 'a string';
    if (text === 'short') return [];
    return batch.map(() => 'alive');
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const send = (text: string) => runner.predict('m', text, { headers: { 'content-type': 'text/plain' } });
    assert.is((await send('throw')).status, 503);
    const short = await send('short');
    assert.is(short.status, 503);
    assert.match(await messageOf(short), /^number of batch response mismatched/);
    const exited = await send('exit');
    assert.is(exited.status, 500);
    assert.match(await messageOf(exited), /^Worker died\.\n.*code 3/);
    assert.is((await send('x')).status, 200);
  });
});

test('a megabyte on standard output and a 100 MB response', async () => {
  const code = `export const handle = (batch) => {
    process.stdout.write('x'.repeat(2 ** 20) + '\\n');
    return batch.map((row) => (String(row.body) === 'big' ? Buffer.alloc(1e8, 97) : 'alive'));
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const big = await runner.predict('m', 'big', { headers: { 'content-type': 'text/plain' } });
    assert.is(big.status, 500, 'over max_response_size');
    assert.match(await messageOf(big), /^Worker died\./);
    assert.is(await (await runner.predict('m', 'x')).text(), 'alive');
  });
});

test('a 100 MB response arrives whole where max_response_size allows it', async () => {
  const code = 'export const handle = (batch) => batch.map(() => Buffer.alloc(1e8, 97));';
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      assert.is((await (await runner.predict('m')).arrayBuffer()).byteLength, 1e8);
    },
    { properties: 'max_response_size=200000000' },
  );
});

test('clients that leave mid-upload, and before their answer, leave the server as it was', async () => {
  const code = `export const handle = async (batch) => {
    if (String(batch[0].body) === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
    return batch.map(() => 'alive');
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const { hostname, port } = new URL(runner.inferenceUrl);
    for (const rest of [
      'Content-Length: 1000\r\n\r\nhalf',
      'Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nslow',
    ]) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      await new Promise((resolve) => socket.write(`POST /predictions/m HTTP/1.1\r\nHost: x\r\n${rest}`, resolve));
      socket.destroy();
      await once(socket, 'close');
    }
    assert.is(await (await runner.predict('m', 'x')).text(), 'alive');
  });
});

test('1,000 connections on 2 workers: every request is answered', async () => {
  const code = 'export const handle = (batch) => batch.map(() => "alive");';
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=2');
      const request = 'POST /predictions/m HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx';
      const answers = await Promise.all(Array.from({ length: 1000 }, () => exchange(runner.inferenceUrl, request)));
      const good = answers.filter((answer) => answer.startsWith('HTTP/1.1 200 ') && answer.endsWith('alive'));
      assert.is(good.length, 1000);
    },
    { properties: 'job_queue_size=2000' },
  );
});

test('a full queue refuses with 503 and serves what it had taken', async () => {
  const code = `let release; const open = new Promise((resolve) => { release = resolve; });
    export const handle = async (batch) => {
      if (String(batch[0].body) === 'hold') setTimeout(release, 500);
      await open;
      return batch.map(() => 'alive');
    };`;
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      const held = runner.predict('m', 'hold', { headers: { 'content-type': 'text/plain' } });
      const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await runner.predict('m')).status));
      assert.ok(statuses.includes(503), 'some are refused');
      assert.is(runner.log.filter(({ event, level }) => event === 'queue-full' && level === 'error').length, 1);
      assert.ok(statuses.filter((status) => status === 200).length >= 2, 'what was taken is served');
      assert.is((await held).status, 200);
    },
    { properties: 'job_queue_size=2' },
  );
});

test('a failed load tells the client the handler\u2019s own error, and the model is gone again', async () => {
  await withRunner({ m: 'throw new Error("no weights here");' }, async (runner) => {
    const answer = await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(answer.status, 500);
    const message = await messageOf(answer);
    assert.match(message, /^Failed to start workers\n/);
    assert.match(message, /no weights here/);
    assert.is((await runner.manage('GET', '/models/m')).status, 404);
  });
});

test('a request for a model whose worker cannot load is answered, not kept', async () => {
  await withRunner({ m: 'throw new Error("no weights here");' }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&synchronous=false');
    const answer = await runner.predict('m');
    assert.is(answer.status, 503);
    assert.match(await messageOf(answer), /no weights here/);
  });
});

testUnless(missingCommand('python3'), test, 'Python: sys.exit, SIGSEGV, output on stdout and a fork', async () => {
  const code = `import os, sys, ctypes
def handle(data, context):
    if data is None:
        return None
    text = bytes(data[0]["body"]).decode()
    if text == "exit":
        sys.exit(3)
    if text == "crash":
        ctypes.string_at(0)
    if text == "fork" and os.fork() == 0:
        os._exit(0)
    print("noise", flush=True)
    return ["alive"] * len(data)
`;
  await withRunner({ 'm.py': code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    for (const [text, status] of [
      ['fork', 200],
      ['exit', 500],
      ['x', 200],
      ['crash', 500],
      ['x', 200],
    ] as const) {
      assert.is((await runner.predict('m', Buffer.from(text))).status, status, text);
    }
  });
});

test('nothing is left of a closed server', async () => {
  let leftovers: (() => Promise<string[]>) | undefined;
  await withRunner({ m: ECHO }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    leftovers = runner.leftovers;
    assert.is((await runner.leftovers()).length, 1);
    await runner.close();
    assert.equal(await runner.leftovers(), []);
  });
  assert.ok(leftovers);
});

test.run();
