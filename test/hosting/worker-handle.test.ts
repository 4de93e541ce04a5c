import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { FIXTURE, job, start } from '../worker/contract.js';
import { failure, withFiles } from './handler-files.js';

const NODE = { name: 'node', runtime: 'nodejs', peer: false } as const;
const PYTHON = { name: 'python', runtime: 'python', peer: false } as const;

/** Gone, or a zombie that nobody reaps. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

for (const implementation of [NODE, PYTHON]) {
  const missing = implementation.runtime === 'python' ? missingCommand('python3') : undefined;

  testUnless(missing, test, `${implementation.name}: broken JSON and text are one request's 400`, async () => {
    const worker = await start(implementation);
    const broken = (contentType: string) => ({ name: 'body', contentType, value: Buffer.from([0x7b, 0xff]) });
    const { code, predictions } = await worker.predict([
      job('text', { id: 'a', parameters: [broken('application/json')] }),
      job('text', { id: 'b' }),
      job('text', { id: 'c', parameters: [broken('text/plain')] }),
    ]);
    assert.is(code, 200);
    assert.equal(
      predictions.map(({ id, status }) => `${id} ${status}`),
      ['a 400', 'b 200', 'c 400'],
    );
    const error: unknown = JSON.parse(predictions[0]?.body.toString() ?? '');
    assert.match(JSON.stringify(error), "The input 'body' is sent as application/json but is not valid UTF-8.");
    await worker.stop();
  });

  testUnless(missing, test, `${implementation.name}: what has no JSON form is one request's 503`, async () => {
    const worker = await start(implementation);
    const { code, predictions } = await worker.predict([job('unsupported')]);
    assert.is(code, 200);
    assert.is(predictions[0]?.status, 503);
    assert.match(predictions[0]?.body.toString() ?? '', 'Unsupported model output data type.');
    await worker.stop();
  });

  testUnless(missing, test, `${implementation.name}: stop lets the batch under way finish`, async () => {
    const worker = await start(implementation);
    const [response] = await Promise.all([worker.predict([job('text')]), worker.stop()]);
    assert.is(response.code, 200);
    const exit = await worker.exited;
    assert.equal([exit.code, exit.expected, exit.reason], [0, true, 'was stopped']);
    assert.is(worker.alive, false);
  });

  testUnless(missing, test, `${implementation.name}: stop ends a worker that loops`, async () => {
    const worker = await start(implementation);
    const looping = failure(worker.predict([job('loops')]));
    await worker.stop({ graceMs: 50 });
    assert.is((await worker.exited).signal, 'SIGKILL');
    assert.is((await looping).code, 'ERR_WORKER_DIED');
    assert.ok(isGone(worker.pid));
  });

  testUnless(missing, test, `${implementation.name}: an aborted signal ends it, during the start too`, async () => {
    const controller = new AbortController();
    const options = { modelName: 'm', modelDir: FIXTURE[implementation.runtime], handler: 'contract:handle' };
    const starting = WorkerHandle.start({ ...options, ...implementation, batchSize: 1, signal: controller.signal });
    controller.abort();
    assert.match((await failure(starting)).message, 'was stopped');
  });

  testUnless(
    missing,
    test,
    `${implementation.name}: what its messages cannot say fails the call, and nothing else`,
    async () => {
      const options = { modelName: 'm', modelDir: FIXTURE[implementation.runtime], handler: 'contract:handle' };
      const unhandled: unknown[] = [];
      const hear = (error: unknown): number => unhandled.push(error);
      process.on('unhandledRejection', hear);
      try {
        const error = await WorkerHandle.start({ ...options, ...implementation, batchSize: 1e11 }).catch(
          (thrown) => thrown,
        );
        assert.instance(error, RangeError);
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        assert.equal(unhandled, []);
      } finally {
        process.off('unhandledRejection', hear);
      }
    },
  );

  testUnless(missing, test, `${implementation.name}: a batch behind the one that died was not begun`, async () => {
    const worker = await start(implementation);
    const errors = await Promise.all([failure(worker.predict([job('exits')])), failure(worker.predict([job('text')]))]);
    assert.equal(
      errors.map(({ code }) => code),
      ['ERR_WORKER_DIED', 'ERR_WORKER_UNSTARTED'],
    );
  });

  for (const mode of ['busy', 'idle']) {
    testUnless(
      missing,
      test,
      `${implementation.name}: ${mode}, it and what it started go when its parent is killed`,
      async () => {
        const parent = new URL('../fixtures/workers/parent.ts', import.meta.url).pathname;
        const args = [...process.execArgv, parent, FIXTURE[implementation.runtime], implementation.runtime, mode];
        const front = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        const [line] = await once(createInterface(front.stdout), 'line');
        const pids = String(line).split(' ').map(Number);
        assert.equal(pids.map(isGone), [false, false]);
        front.kill('SIGKILL');
        await once(front, 'exit');
        while (!pids.every(isGone)) await new Promise((resolve) => setTimeout(resolve, 10));
      },
    );
  }

  testUnless(
    missing,
    test,
    `${implementation.name}: a daemon that keeps its output open does not hold the end`,
    async () => {
      const worker = await start(implementation);
      const { predictions } = await worker.predict([job('daemon')]);
      await worker.stop();
      process.kill(Number(predictions[0]?.body), 'SIGKILL');
    },
  );

  testUnless(
    missing,
    test,
    `${implementation.name}: what cannot be put into an answer is a 503, and it lives on`,
    async () => {
      const worker = await start(implementation);
      for (const op of ['getter', 'proxy']) {
        const { code, message, predictions } = await worker.predict([job(op)]);
        const [answer] = predictions;
        assert.is(code === 200 ? answer?.status : code, 503, op);
        const told = code === 200 ? JSON.parse(String(answer?.body)).message : message;
        assert.match(
          told,
          /^(Prediction failed|Invalid model predict output|number of batch|Unsupported model output data type)/,
        );
      }
      assert.is((await worker.predict([job('text')])).code, 200);
      await worker.stop();
    },
  );

  testUnless(
    missing,
    test,
    `${implementation.name}: a death does not quote what was said about other requests`,
    async () => {
      const worker = await start(implementation);
      await worker.predict([job('complains')]);
      await worker.predict([job('text')]);
      assert.not.match((await failure(worker.predict([job('exits')]))).detail ?? '', 'somebody else');
    },
  );
}

test('memory is that of the process', async () => {
  const worker = await start(NODE);
  if (process.platform === 'linux') assert.ok((await worker.memory()) > 10_000_000);
  await worker.stop();
});

test('Node: a rejected promise that nobody handles fails its batch, and the worker goes on', async () => {
  const files = {
    's.mjs':
      'export function handle(batch) { if (batch[0].op === "fine") return ["fine"]; Promise.reject(new Error("lost")); return new Promise(() => {}); }',
  };
  await withFiles(files, async (load) => {
    const worker = await load('s:handle');
    const { code, message } = await worker.predict([job('')]);
    assert.is(code, 503);
    assert.match(message, /^Prediction failed\nError: lost/);
    assert.is(String((await worker.predict([job('fine')])).predictions[0]?.body), 'fine');
    await worker.stop();
  });
});

test('Node: garbage on the protocol ends the worker', async () => {
  const files = {
    's.mjs':
      'import fs from "node:fs"; export function handle() { fs.writeSync(4, "garbage, not an answer"); return []; }',
  };
  await withFiles(files, async (load) => {
    const error = await failure((await load('s:handle')).predict([job('')]));
    assert.is(error.code, 'ERR_WORKER_PROTOCOL');
  });
});

const python = missingCommand('python3');

testUnless(python, test, 'Python: sys.exit, a crash in C and a thread that stays are ends like any other', async () => {
  const exits = await start(PYTHON);
  assert.match((await failure(exits.predict([job('systemExit')]))).message, 'exited with code 7');
  const crashes = await start(PYTHON);
  const crash = await failure(crashes.predict([job('segfault')]));
  assert.match(crash.message, 'was killed by SIGSEGV');
  assert.match(crash.detail ?? '', 'contract.py');
  const threads = await start(PYTHON);
  await threads.predict([job('thread')]);
  await threads.stop();
  assert.is((await threads.exited).code, 0);
});

testUnless(python, test, 'Python: the child of a fork answers nothing, and NaN is null', async () => {
  const worker = await start(PYTHON);
  const { predictions } = await worker.predict([job('forks')]);
  assert.is(predictions[0]?.body.toString(), 'parent');
  const nan = await worker.predict([job('nan')]);
  assert.equal(JSON.parse(nan.predictions[0]?.body.toString() ?? ''), { a: null, b: [null, 1.5] });
  await worker.stop();
});

test.run();
