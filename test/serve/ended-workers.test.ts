import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withRunner } from '../support/runner.js';
import { events, HANDLER, messageOf, TEXT, tellers } from './failing.js';

test('what nobody catches ends the worker and is told once, by the report on its death', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m', 'late', TEXT);
    const message = await messageOf(answer);
    assert.match(message, /^Worker died\.\nThe worker of model m exited with code 1\.\nits last output:\n/);
    assert.match(message, /\n {4}Uncaught RangeError: shape mismatch\n {8}at deep \(service\.mjs:2:25\)\n/);
    assert.not.match(message, /node:|src\/worker|Node\.js v/);
    const [died] = await events(runner, 'worker-died');
    assert.equal([died?.level, died?.worker], ['error', '9000-00000001']);
    assert.equal(died?.requests, [answer.headers.get('x-request-id')]);
    assert.equal(tellers(runner, 'shape mismatch'), ['worker-died']);
    assert.equal(tellers(runner, 'working on late'), ['worker-died']);
  });
});

test('an exit in a handler: what it said, and what to do', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const message = await messageOf(await runner.predict('m', 'exit', TEXT));
    assert.match(message, /exited with code 7\.\nits last output:\n {4}working on exit\nhint: .*throw an error/);
  });
});

test('an answer in time, and one of a size', async () => {
  const code = `export const handle = (batch) => {
    if (String(batch[0].body) === 'loop') for (;;);
    return [Buffer.alloc(2000)];
  };`;
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1&response_timeout=1');
      assert.match(
        await messageOf(await runner.predict('m', 'x', TEXT)),
        /^Worker died\.\nThe worker of model m sent a response of 2000 bytes, more than the 1000 .*\nhint: .*max_response_size/,
      );
      assert.match(
        await messageOf(await runner.predict('m', 'loop', TEXT)),
        /within 1000 ms\.\nhint: .*response_timeout/,
      );
    },
    { properties: 'max_response_size=1000' },
  );
});

test('garbage on the connection is said in words', async () => {
  const code = `import { writeSync } from 'node:fs';
    export const handle = () => { writeSync(4, 'this is no answer at all'); return new Promise(() => {}); };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.match(
      await messageOf(await runner.predict('m', 'x', TEXT)),
      /broke the worker protocol: a message of \d+ bytes was announced, expected 0 to 1048576\.\nhint: The descriptors/,
    );
  });
});

test('a worker that somebody kills while it loads is started again, and who waits for it waits on', async () => {
  const code = `import { existsSync, writeFileSync } from 'node:fs';
    if (!existsSync('tried')) {
      writeFileSync('tried', '');
      process.kill(process.pid, 'SIGKILL');
    }
    export const handle = (batch) => batch.map(() => 'alive');`;
  await withRunner({ m: code }, async (runner) => {
    assert.is((await runner.manage('POST', '/models?url=m&initial_workers=1')).status, 200);
    assert.is(await (await runner.predict('m')).text(), 'alive');
    assert.match((await events(runner, 'worker-failed'))[0]?.message ?? '', 'was killed by SIGKILL');
  });
});

test.run();
