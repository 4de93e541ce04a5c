import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { findPython } from '#hosting/find-python.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { FIXTURE, job, start } from '../worker/contract.js';

const NODE = { name: 'node', runtime: 'nodejs', peer: false } as const;
const PYTHON = { name: 'python', runtime: 'python', peer: false } as const;

async function failure(work: Promise<unknown>): Promise<MarError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof MarError) return thrown;
  throw new Error(`expected a MarError, got ${String(thrown)}`);
}

/** A worker of handler files that exist only for one test. */
async function withFiles<T>(
  files: Record<string, string>,
  use: (load: (handler: string) => Promise<WorkerHandle>) => Promise<T>,
): Promise<T> {
  const modelDir = await mkdtemp(join(tmpdir(), 'mar-handle-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(modelDir, name)), { recursive: true });
      await writeFile(join(modelDir, name), text);
    }
    const runtime = Object.keys(files).some((name) => name.endsWith('.py')) ? 'python' : 'nodejs';
    return await use((handler) => WorkerHandle.start({ modelName: 'm', modelDir, handler, runtime, batchSize: 1 }));
  } finally {
    await rm(modelDir, { recursive: true, force: true });
  }
}

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

test('Node: what goes wrong while loading is told with the position in the handler', async () => {
  const files = {
    'throws.mjs': "\nthrow new Error('import goes wrong');",
    'init.mjs': "export class A {\n  initialize() { throw new TypeError('init goes wrong'); }\n  handle() {}\n}",
    'none.mjs': 'export const other = 1;',
    'number.mjs': 'export const handle = 1;',
    'missing.mjs': "import 'not-installed'; export function handle() {}",
    'exits.mjs': "console.error('last words'); process.exit(3);",
  };
  await withFiles(files, async (load) => {
    const throws = await failure(load('throws:handle'));
    assert.is(throws.code, 'ERR_WORKER_LOAD');
    assert.is(throws.message, 'The handler of model m failed to load: Error: import goes wrong');
    assert.is(throws.detail, '    at throws.mjs:2:7');
    assert.not.match(throws.detail ?? '', 'src/worker');
    const init = await failure(load('init:A'));
    assert.match(init.message, 'init goes wrong');
    assert.match(init.detail ?? '', 'init.mjs:2:24');
    assert.match((await failure(load('none:handle'))).message, "has no export 'handle'; found: other");
    assert.match((await failure(load('number:handle'))).message, "export 'handle' is a number, expected a function");
    assert.match((await failure(load('missing:handle'))).message, "Cannot find package 'not-installed'");
    const absent = await failure(load('absent:handle'));
    assert.match(absent.message, 'none of absent.mjs, absent.js, absent.cjs exists');
    assert.ok(absent.hint);
    assert.match((await failure(load('../absent:handle'))).message, 'outside of the archive');
    const exits = await failure(load('exits:handle'));
    assert.is(exits.code, 'ERR_WORKER_DIED');
    assert.match(exits.message, 'exited with code 3');
    assert.is(exits.detail, 'its last output:\n    last words');
  });
});

test('Node: a function, a class, an object, a default export and CommonJS are all services', async () => {
  const answer = 'handle(batch) { return batch.map(() => "ok"); }';
  const files = {
    'fn.mjs': `export function ${answer}`,
    'cls.mjs': `export class Anything { ${answer} }`,
    'obj.mjs': `export const handle = { ${answer} };`,
    'def.mjs': `export default class { ${answer} }`,
    'cjs.cjs': `module.exports.handle = (batch) => batch.map(() => "ok");`,
    '..dots/fn.mjs': `export function ${answer}`,
  };
  await withFiles(files, async (load) => {
    for (const name of ['fn', 'cls', 'obj', 'def', 'cjs', '..dots/fn']) {
      const worker = await load(`${name}:handle`);
      const { predictions } = await worker.predict([job('')]);
      assert.is(predictions[0]?.body.toString(), 'ok', name);
      await worker.stop();
    }
  });
});

test('Node: an archive for an absent device runs on its fallback with a notice, or says that it cannot', async () => {
  const manifest = (fallback: string): string =>
    JSON.stringify({
      runtime: 'nodejs',
      model: {
        modelName: 'm',
        handler: 's:handle',
        extensions: { modelArchiver: { version: '1', device: { model: 'gpu:99', data: 'cpu', fallback } } },
      },
    });
  const modelDir = await mkdtemp(join(tmpdir(), 'mar-device-'));
  try {
    await mkdir(join(modelDir, 'MAR-INF'));
    await writeFile(
      join(modelDir, 's.mjs'),
      'export const handle = (batch, { device }) => batch.map(() => device.running);',
    );
    const lines: string[] = [];
    const options = {
      modelName: 'm',
      modelDir,
      handler: 's:handle',
      runtime: 'nodejs',
      batchSize: 1,
      onLine: ({ text }: { text: string }) => lines.push(text),
    } as const;
    await writeFile(join(modelDir, 'MAR-INF', 'MANIFEST.json'), manifest('cpu'));
    const worker = await WorkerHandle.start(options);
    assert.is((await worker.predict([job('')])).predictions[0]?.body.toString(), 'cpu');
    await worker.stop();
    assert.equal(lines, ['Model m is declared for gpu:99, which is not here; it runs on cpu.']);
    await writeFile(join(modelDir, 'MAR-INF', 'MANIFEST.json'), manifest('fail'));
    const error = await failure(WorkerHandle.start(options));
    assert.match(error.message, 'requires gpu:99, which this machine does not have');
    assert.match(error.hint ?? '', '--accelerator-fallback cpu');
  } finally {
    await rm(modelDir, { recursive: true, force: true });
  }
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

testUnless(python, test, 'Python: what goes wrong while loading is told with the position in the handler', async () => {
  const files = {
    'old.py': 'print "Python 2"\n',
    'imports.py': 'import not_installed\n',
    'peer.py': 'raise ModuleNotFoundError("No module named mms", name="mms.service")\n',
    'raises.py': 'def handle(data, context):\n    raise RuntimeError("cannot start")\n',
    'two.py': 'class A:\n    pass\nclass B:\n    pass\n',
    'memory.py': 'def handle(data, context):\n    raise MemoryError()\n',
  };
  await withFiles(files, async (load) => {
    const old = await failure(load('old:handle'));
    assert.match(old.message, 'SyntaxError');
    assert.match(old.hint ?? '', 'Python 2 must be ported');
    assert.match((await failure(load('imports.py:handle'))).message, "No module named 'not_installed'");
    assert.match((await failure(load('peer:handle'))).hint ?? '', 'pip install multi-model-server');
    const raises = await failure(load('raises'));
    assert.match(raises.message, 'RuntimeError: cannot start');
    assert.match(raises.detail ?? '', 'raises.py", line 2, in handle');
    assert.not.match(raises.detail ?? '', 'mar_worker');
    assert.match((await failure(load('two:missing'))).message, 'classes found: A, B');
    assert.is((await failure(load('memory:handle'))).code, 'ERR_WORKER_OUT_OF_MEMORY');
  });
});

testUnless(python, test, 'Python: modules of the handler may have the names of ours', async () => {
  const files = {
    'context.py': 'NAME = "mine"\n',
    's.py': 'import context\ndef handle(data, ctx):\n    return None if data is None else [context.NAME]\n',
  };
  await withFiles(files, async (load) => {
    const worker = await load('s:handle');
    assert.is((await worker.predict([job('')])).predictions[0]?.body.toString(), 'mine');
    await worker.stop();
  });
});

test('Python: an interpreter that is missing or too old is said with all that was tried', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mar-python-'));
  try {
    const old = join(directory, 'python');
    await writeFile(old, '#!/bin/sh\necho 2.7\n', { mode: 0o755 });
    const env = { PATH: directory, PYTHON: join(directory, 'absent') };
    const error = await failure(findPython({ runtime: 'python', env }));
    assert.is(error.code, 'ERR_INTERPRETER_NOT_FOUND');
    assert.match(error.detail ?? '', /absent: not found\n {2}python: is Python 2\.7\n {2}python3: not found/);
    const named = await failure(findPython({ runtime: 'python', env, python: old }));
    assert.is(named.detail, `  ${old}: is Python 2.7`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test.run();
