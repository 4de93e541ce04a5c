import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isMachineFault, runArchive } from '#check/facts/run.js';
import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';

const failing = (error: unknown) => runArchive('x.mar', () => Promise.reject(error));
const ours = (code: ErrorCode): MarError => new MarError(`about ${code}`, { code, hint: 'do this', detail: 'line 1' });

test('what a run came to is told with the time that it took and with what was seen of it', async () => {
  const cases = [{ path: 'MAR-INF/tests/a.json', passed: true, differences: [] }];
  const seen = { files: [], processes: [], actions: ['starts /bin/sh'] };
  const outcome = await runArchive('x.mar', async (path, onSeen) => {
    assert.is(path, 'x.mar');
    onSeen(seen);
    return { cases };
  });
  assert.is(outcome?.cases, cases);
  assert.is(outcome?.seen, seen);
  assert.ok(outcome !== undefined && outcome.seconds >= 0 && !('loadFailure' in outcome) && !('contract' in outcome));
  const unseen = await runArchive('x.mar', async () => ({
    cases,
    contract: { checks: [], printed: { lines: 0, first: [] } },
  }));
  assert.ok(unseen !== undefined && !('seen' in unseen) && 'contract' in unseen);
});

test('an archive that does not load is an outcome with the reason, what stands behind it and what to do', async () => {
  for (const code of ['ERR_WORKER_LOAD', 'ERR_WORKER_DIED', 'ERR_WORKER_START', 'ERR_WORKER_UNSTARTED'] as const) {
    const outcome = await failing(ours(code));
    assert.equal(outcome?.loadFailure, { code, message: `about ${code}`, detail: 'line 1', advice: 'do this' });
    assert.equal(outcome?.cases, []);
  }
  const bare = await failing(new MarError('x', { code: 'ERR_WORKER_LOAD' }));
  assert.ok(bare?.loadFailure && !('detail' in bare.loadFailure) && bare.loadFailure.advice.length > 10);
});

test('a fault of the machine is no outcome, and a fault of ours is thrown on', async () => {
  for (const code of ['ERR_INTERPRETER_NOT_FOUND', 'ERR_DISK_FULL'] as const) {
    assert.ok(isMachineFault(ours(code)), code);
    assert.is(await failing(ours(code)), undefined);
  }
  for (const code of ['ERR_WORKER_DIED', 'ERR_WORKER_PROTOCOL', 'ERR_WORKER_START_MEMORY', 'ERR_WORKER_LOAD'] as const)
    assert.not.ok(isMachineFault(ours(code)), code);
  assert.not.ok(isMachineFault(new Error('x')));
  for (const error of [new TypeError('a fault'), 'text']) {
    const failure = await failing(error).catch((one: unknown) => [one]);
    assert.equal(failure, [error]);
  }
});

test.run();
