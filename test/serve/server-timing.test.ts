import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';
import { withRunner } from '../support/runner.js';

const ECHO = 'export const handle = (batch) => batch.map(({ body }) => ({ got: String(body) }));';
const FORM = /^queue;dur=\d+\.\d{3}, handler;dur=\d+\.\d{3}, batch;desc="(\d+)"$/;

test('server_timing: each answer says how it waited and ran, and the size of its batch', () =>
  withRunner(
    { m: ECHO },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&model_name=b&batch_size=3&max_batch_delay=20000&initial_workers=1');
      const answers = await Promise.all([1, 2, 3].map(() => runner.predict('b', 'x')));
      assert.equal(
        answers.map(({ headers }) => FORM.exec(headers.get('server-timing') ?? '')?.[1]),
        ['3', '3', '3'],
      );
    },
    { serverTiming: true },
  ));

test('without it no answer says so', () =>
  withRunner({ m: ECHO }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m', 'x');
    assert.equal([answer.status, answer.headers.get('server-timing')], [200, null]);
  }));

test('--until-stdin-ends: the server ends with whoever holds its standard input', () =>
  withRunner({ m: ECHO }, async ({ store }) => {
    // Its standard input has ended already.
    const run = await runMar(['serve-local', '--until-stdin-ends', '--port', '0', '--model-store', store]);
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout, /^Inference API /);
  }));

test.run();
