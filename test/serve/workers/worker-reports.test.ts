import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { WorkerFailure } from '#hosting/worker-failure.js';
import type { LogEvent } from '#serve/log.js';
import { WorkerReports } from '#serve/workers/worker-reports.js';
import { EXIT } from '../../support/fake-worker.js';

/** What one report writes. */
function written(report: (reports: WorkerReports) => void): LogEvent | undefined {
  const log: LogEvent[] = [];
  report(
    new WorkerReports(
      (event) => log.push(event),
      'm',
      () => 'w-1',
    ),
  );
  assert.ok(log.length <= 1);
  return log[0];
}

test('a death names what was lost with it, and tells what no line has told yet', () => {
  const lost = written((reports) =>
    reports.died({ ...EXIT, requests: ['a', 'b'], untold: ['last', 'words'], hint: 'look' }),
  );
  assert.equal([lost?.level, lost?.event, lost?.model, lost?.worker], ['error', 'worker-died', 'm', 'w-1']);
  assert.equal([lost?.requests, lost?.status, lost?.detail, lost?.hint], [['a', 'b'], 500, 'last\nwords', 'look']);
  assert.match(lost?.message ?? '', /^Worker w-1 of model m exited with code 3; /);
  const one = written((reports) => reports.died({ ...EXIT, requests: ['a'] }));
  assert.equal([one?.requests, one?.status, one?.detail], [['a'], 500, undefined]);
  const idle = written((reports) => reports.died(EXIT));
  assert.equal([idle?.requests, idle?.status, idle?.detail], [undefined, undefined, undefined]);
});

test('a load that failed tells what its output has not told', () => {
  const plain = written((reports) =>
    reports.loadFailed(new MarError('no', { code: 'ERR_WORKER_LOAD', detail: 'd', hint: 'h' })),
  );
  assert.equal([plain?.event, plain?.detail, plain?.hint], ['worker-failed', 'd', 'h']);
  const options = { code: 'ERR_WORKER_LOAD', detail: 'all of it' } as const;
  const some = written((reports) => reports.loadFailed(new WorkerFailure('no', options, ['untold'])));
  assert.is(some?.detail, 'untold');
  assert.is(written((reports) => reports.loadFailed(new WorkerFailure('no', options, [])))?.detail, undefined);
});

test('a worker is ready after seconds', () => {
  const ready = written((reports) => reports.ready(1234));
  assert.equal([ready?.level, ready?.event], ['info', 'worker-ready']);
  assert.is(ready?.message, 'Worker w-1 of model m is ready after 1.23 s');
});

test.run();
