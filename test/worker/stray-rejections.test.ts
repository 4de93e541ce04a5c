import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Runner, withRunner } from '../support/runner.js';

const HANDLER = `
const rejected = () => Promise.reject(new RangeError('nobody awaits this'));
export const handle = async (batch) => {
  const what = String(batch[0].body);
  if (what === 'pid') return [String(process.pid)];
  if (what === 'stray') {
    rejected();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (what === 'never') return new Promise(async () => { await null; throw new RangeError('nobody awaits this'); });
  if (what === 'later') setTimeout(rejected, 20);
  if (what === 'caught in time') {
    const promise = rejected();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await promise.catch(() => {});
  }
  return ['done'];
};
`;

/** Uses a model with one worker, and holds that the worker is the same afterwards. */
async function withWorker(use: (runner: Runner, ask: (what: string) => Promise<[number, string]>) => Promise<void>) {
  await withRunner({ m: HANDLER }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const ask = async (what: string): Promise<[number, string]> => {
      const answer = await runner.predict('m', what, { headers: { 'content-type': 'text/plain' } });
      return [answer.status, await answer.text()];
    };
    const before = await ask('pid');
    await use(runner, ask);
    assert.equal(await ask('pid'), before);
    assert.equal(
      runner.log.filter(({ event }) => event === 'worker-died'),
      [],
    );
  });
}

for (const what of ['stray', 'never']) {
  test(`a rejection that nobody awaits fails its own request with its error, and the worker goes on: ${what}`, async () => {
    await withWorker(async (runner, ask) => {
      const [status, body] = await ask(what);
      assert.is(status, 503);
      assert.match(body, /Prediction failed\\nRangeError: nobody awaits this\\n {4}at .*service\.mjs:/);
      const failed = runner.log.find(({ event }) => event === 'prediction-failed');
      assert.match(failed?.detail ?? '', /nobody awaits this/);
      assert.equal(await ask('anything'), [200, 'done']);
    });
  });
}

test('one that comes after its answer fails nobody: it is a line of the log', async () => {
  await withWorker(async (runner, ask) => {
    assert.equal(await ask('later'), [200, 'done']);
    const isTold = (): boolean => runner.log.some(({ message }) => message.includes('Unhandled rejection RangeError'));
    while (!isTold()) assert.equal(await ask('anything'), [200, 'done']);
  });
});

test('one that is awaited late, and caught, is none', async () => {
  await withWorker(async (_runner, ask) => {
    assert.equal(await ask('caught in time'), [200, 'done']);
  });
});

test('while the model loads it fails the load, with the error', async () => {
  const code = 'Promise.reject(new RangeError("no weights")); await new Promise(() => setInterval(() => {}, 1000));';
  await withRunner({ m: code }, async (runner) => {
    const answer = await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is(answer.status, 500);
    assert.match(await answer.text(), /no weights/);
  });
});

test.run();
