import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';
import { events, HANDLER, messageOf, TEXT, tellers } from './failing.js';

test('a handler that throws is one error of the log, with model, worker, request and its own position', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m', 'throw', TEXT);
    const message = await messageOf(answer);
    assert.match(message, /^Prediction failed\nRangeError: shape mismatch\n {4}at deep \(service\.mjs:2:25\)\n/);
    assert.is(message.match(/shape mismatch/g)?.length, 1);
    assert.not.match(message, /node:|src\/worker/);
    const [failed] = await events(runner, 'prediction-failed');
    assert.equal(
      [failed?.level, failed?.model, failed?.worker, failed?.status, failed?.requests],
      ['error', 'm', '9000-00000001', 503, [answer.headers.get('x-request-id')]],
    );
    assert.ok(message.includes(failed?.detail ?? '-'));
    assert.equal(tellers(runner, 'shape mismatch'), ['prediction-failed']);
  });
});

test('the cause of an error is told with it', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const message = await messageOf(await runner.predict('m', 'cause', TEXT));
    assert.match(
      message,
      /^Prediction failed\nError: no answer\n(.*\n)*caused by RangeError: shape mismatch\n {4}at deep/,
    );
  });
});

test('what a worker prints is its own output, in the name of its worker, when it lives on', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(await (await runner.predict('m', 'x', TEXT)).text(), 'alive');
    const [printed] = await events(runner, 'worker-stderr');
    assert.equal(
      [printed?.level, printed?.message, printed?.model, printed?.worker],
      ['info', 'working on x', 'm', '9000-00000001'],
    );
  });
});

test('a result without JSON says which one, what it is and what is allowed; the log has it', async () => {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const [sentence, detail] = (await messageOf(await runner.predict('m', 'undefined', TEXT))).split('\n');
    assert.is(sentence, 'Unsupported model output data type.');
    assert.is(detail, 'result 1 of the batch is undefined, expected a string, a Buffer or a value that JSON has');
    assert.match(
      await messageOf(await runner.predict('m', 'cycle', TEXT)),
      /result 1 of the batch is an object that JSON/,
    );
    const failed = await events(runner, 'prediction-failed');
    assert.is(failed[0]?.detail, detail);
    assert.is(failed.length, 2);
  });
});

test('without error detail an answer is the peers\u2019 sentence, and the log has the cause', async () => {
  await withRunner(
    { m: HANDLER },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      assert.is(await messageOf(await runner.predict('m', 'undefined', TEXT)), 'Unsupported model output data type.');
      assert.is(await messageOf(await runner.predict('m', 'throw', TEXT)), 'Prediction failed');
      assert.match((await events(runner, 'prediction-failed'))[1]?.detail ?? '', 'shape mismatch');
    },
    { errorDetail: false },
  );
});

test('a handler\u2019s own 5xx is an error of the log, its 4xx is not', async () => {
  const code = `import { PredictionError } from 'model-archiver/service';
    export const handle = (batch, context) => batch.map((row) => {
      const status = Number(row.body);
      if (status === 599) context.setResponseStatus(599, 'Mine');
      return status === 599 ? 'mine' : new PredictionError('refused ' + status, status);
    });`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    for (const status of [404, 502, 599]) assert.is((await runner.predict('m', String(status), TEXT)).status, status);
    const failed = await events(runner, 'prediction-failed');
    assert.equal(
      failed.map(({ status, message }) => [status, message.split(': ')[1]]),
      [
        [502, 'refused 502'],
        [599, 'the handler set this status'],
      ],
    );
  });
});

test('no advice where a program is missing, or where the file that is named is there', async () => {
  const code = `import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
export const handle = (batch) => {
  if (String(batch[0].body) === 'program') execFileSync('no-such-program');
  renameSync('service.mjs', '/no/such/place/x');
};`;
  const python = `import subprocess
def handle(data, context):
    if bytes(data[0]["body"]) == b"program":
        subprocess.run(["no-such-program"])
    from os import no_such_name
`;
  await withRunner({ m: code, ...(missingCommand('python3') ? {} : { 'p.py': python }) }, async (runner) => {
    for (const name of ['m', 'p']) {
      if ((await runner.manage('POST', `/models?url=${name}&initial_workers=1`)).status !== 200) continue;
      for (const body of ['program', 'file']) {
        const message = await messageOf(await runner.predict(name, Buffer.from(body)));
        assert.match(message, /^Prediction failed\n.*(ENOENT|No such file|no_such_name)/);
        assert.not.match(message, 'hint:');
      }
    }
  });
});

testUnless(missingCommand('python3'), test, 'Python: the same', async () => {
  const code = `import sys
def handle(data, context):
    if data is None:
        return None
    what = bytes(data[0]["body"]).decode()
    if what == "throw":
        raise KeyError("no such class")
    if what == "file":
        open("labels.txt")
    if what == "status":
        context.set_response_status(1000, "none", 0)
        return ["x"]
    if what == "type":
        return [object()]
    sys.stderr.write("leaving\\n")
    sys.exit(7)
`;
  await withRunner({ 'm.py': code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const say = async (what: string) => messageOf(await runner.predict('m', Buffer.from(what)));
    assert.match(
      await say('throw'),
      /^Prediction failed\nKeyError: 'no such class'\n {2}File "service\.py", line 7, in handle\n/,
    );
    assert.match(await say('file'), /hint: labels\.txt is not in the archive, which holds service\.py/);
    assert.match(await say('type'), /^Unsupported model output data type\.\nresult 1 of the batch is of type object/);
    assert.match(await say('exit'), /exited with code 7\.\nits last output:\n {4}leaving\n/);
    assert.is(await say('status'), 'The handler set status 1000; a status is between 200 and 999.');
    assert.is((await events(runner, 'prediction-failed')).length, 4);
    assert.equal(tellers(runner, 'no such class'), ['prediction-failed']);
    assert.equal(tellers(runner, 'leaving'), ['worker-died']);
  });
});

test('no answer tells where something lies on the server; the log does', async () => {
  const handler = `import { readFileSync } from 'node:fs';
    export const handle = () => readFileSync('/usr/no/such/weights.bin');`;
  await withRunner({ m: handler }, async (runner) => {
    await writeFile(join(runner.store, 'broken.mar'), 'not a zip');
    const broken = await messageOf(await runner.manage('POST', '/models?url=broken.mar'));
    assert.match(broken, /^Model name is not defined\.\nbroken\.mar: the file is neither/);
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const failed = await messageOf(await runner.predict('m'));
    assert.match(failed, /open '…\/weights\.bin'\n {4}at handle \(service\.mjs:2:/);
    assert.equal(tellers(runner, '/usr/no/such/weights.bin'), ['prediction-failed']);
  });
});

test.run();
