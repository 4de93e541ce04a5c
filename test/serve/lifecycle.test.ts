import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serve } from '#index.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { type Runner, withRunner, writeModel } from '../support/runner.js';
import { spawnBin } from '../support/served.js';

const ALIVE = 'export const handle = (batch) => batch.map(() => "alive");';

/** A `mar serve-local` process with one model and one worker, its temporary directory, and its workers' ids. */
async function started(root: string) {
  await writeModel(root, 'm', ALIVE);
  const addresses = ['--inference-address', 'http://127.0.0.1:0', '--management-address', 'http://127.0.0.1:0'];
  process.env['TMPDIR'] = root;
  const child = spawnBin('mar', ['serve-local', join(root, 'm'), '--workers', '1', ...addresses]);
  delete process.env['TMPDIR'];
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    if (output.includes('Management API')) break;
  }
  return { child, descendants: descendantsOf(child.pid ?? 0) };
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid);
  return children.flatMap((child) => [Number(child), ...descendantsOf(Number(child))]);
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return -1;
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
  test(`${signal}: no process and no directory is left`, async () => {
    const root = await mkdtemp(join(tmpdir(), 'mar-life-'));
    try {
      const { child, descendants } = await started(root);
      assert.ok(descendants.length >= 2, 'a worker and the reaper run');
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
      await gone(descendants);
      while ((await readdir(root)).some((name) => name.startsWith('mar-run-'))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (signal !== 'SIGKILL') assert.is(child.exitCode, 0);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}

test('two runners: one temporary directory is fine, one port is an error with a hint', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    const options = {
      managementAddress: 'http://127.0.0.1:0',
      cwd: runner.store,
      tempDir: join(runner.store, '..', 'tmp'),
    };
    const taken = await rejectsWith('ERR_LISTEN', () => serve({ ...options, inferenceAddress: runner.inferenceUrl }));
    assert.match(taken.message, /it is in use/);
    assert.ok(taken.hint);
    const other = await serve({ ...options, inferenceAddress: 'http://127.0.0.1:0', archives: ['m'], workers: 1 });
    await other.ready;
    await other.close();
    assert.is((await runner.leftovers()).length, 1, 'the first run keeps its directory');
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    assert.is((await runner.predict('m')).status, 200);
  });
});

test('when a model of the start does not load, the server is closed by the time that `ready` rejects', async () => {
  await withRunner({ broken: 'throw new Error("no licence");' }, async (runner) => {
    const server = await serve({
      archives: ['broken'],
      inferenceAddress: 'http://127.0.0.1:0',
      managementAddress: 'http://127.0.0.1:0',
      cwd: runner.store,
      tempDir: join(runner.store, '..', 'tmp'),
      workers: 1,
    });
    await rejectsWith('ERR_WORKER_LOAD', () => server.ready);
    const refused = await fetch(`${server.inferenceUrl}/ping`).catch((error: Error) => error.cause);
    assert.is((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED');
    assert.is((await runner.leftovers()).length, 1, 'only the other run has a directory');
  });
});

test('a server without a model says so, one with a model does not', async () => {
  const said = ({ log }: Runner) => log.filter(({ event }) => event === 'no-model').length;
  await withRunner({}, async (runner) => assert.is(said(runner), 1));
  await withRunner({ m: ALIVE }, async (runner) => assert.is(said(runner), 0), { models: ['m'] });
});

test('requests under way finish at shutdown', async () => {
  const slow = `export const handle = async (batch) => {
    process.stdout.write('working\\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    return batch.map(() => 'finished');
  };`;
  await withRunner({ m: slow }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = runner.predict('m');
    while (!runner.log.some(({ message }) => message === 'working'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await runner.close();
    assert.is(await (await answer).text(), 'finished');
  });
});

test('an unregistration that waits for a handler does not hold up the shutdown; huge timeouts mean no limit', async () => {
  const code = 'export const handle = () => { process.stdout.write("working\\n"); return new Promise(() => {}); };';
  const properties = 'shutdown_timeout=0\nunregister_model_timeout=99999999\ndefault_response_timeout=99999999';
  await withRunner(
    { m: code },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      const answer = runner.predict('m');
      while (!runner.log.some(({ message }) => message === 'working'))
        await new Promise((resolve) => setTimeout(resolve, 5));
      const removed = runner.manage('DELETE', '/models/m');
      while ((await runner.manage('GET', '/models/m')).status !== 404)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await runner.close();
      assert.is((await answer).status, 500);
      assert.is((await removed).status, 200);
    },
    { properties },
  );
});

test('a model that goes does not wait for company of its last batch', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    // The request must have been accepted before the model goes; one that came too late tries again.
    let status = 404;
    for (let tries = 0; status === 404 && tries < 10; tries += 1) {
      await runner.manage('POST', '/models?url=m&initial_workers=1&batch_size=4&max_batch_delay=1000000');
      const answer = runner.predict('m');
      assert.is((await fetch(`${runner.inferenceUrl}/ping`)).status, 200);
      assert.is((await runner.manage('DELETE', '/models/m')).status, 200);
      status = (await answer).status;
      if (status === 200) assert.is(await (await answer).text(), 'alive');
    }
    assert.is(status, 200);
  });
});

for (const [name, args, expected] of [
  ['a port above 65535', ['--inference-address', 'http://127.0.0.1:70000'], /a port is at most 65535/],
  [
    'an address that is none',
    ['--inference-address', 'h e r e'],
    /expected http:\/\/HOST:PORT.*unix:\/PATH\.\nhint: Correct .*\n$/,
  ],
  ['a port alone', ['--inference-address', '8080'], /hint: Did you mean http:\/\/127\.0\.0\.1:8080\?/],
  ['an address without a scheme', ['--inference-address', '[::1]:80'], /hint: Did you mean http:\/\/\[::1\]:80\?/],
  ['a path alone', ['--inference-address', '/run/x.sock'], /hint: Did you mean unix:\/run\/x\.sock\?/],
  ['an archive that does not exist', ['none.mar'], /none\.mar does not exist in /],
  [
    'a model store that does not exist',
    ['--model-store', 'none'],
    /model store .*none cannot be used: it does not exist\./,
  ],
  [
    'a model store that is a file',
    ['--model-store', 'package.json'],
    /cannot be used: it is a file, expected a folder/,
  ],
  [
    'a configuration that does not exist',
    ['--mms-config', 'none'],
    /file \S*none of --mms-config cannot be read: it does not exist\.\nhint: Correct .*\n$/,
  ],
  [
    'a directory that is not packed',
    ['docs'],
    /error: docs has no MAR-INF.MANIFEST\.json.*\nhint: Pack it first: mar build docs\n/,
  ],
  [
    'a URL that cannot be reached',
    ['http://127.0.0.1:1/x.mar'],
    /error: http:\/\/127\.0\.0\.1:1\/x\.mar was not reached: /,
  ],
  ['workers that are no number', ['--workers', 'two'], /whole number/],
  ['an unknown flag', ['--worker', '2'], /--workers/],
] as const) {
  test(`${name}: exit code 2 and a sentence`, async () => {
    const free = ['--management-address', 'http://127.0.0.1:0'];
    const inference = args.some((arg) => arg === '--inference-address')
      ? []
      : ['--inference-address', 'http://127.0.0.1:0'];
    const { code, stderr } = await runMar(['serve-local', ...free, ...inference, ...args]);
    assert.is(code, 2);
    assert.match(stderr, expected);
  });
}

test('a temporary directory that is not there: exit code 2, its name and where it is set', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/no/such/place';
  try {
    const { code, stderr } = await runMar(['serve-local', '--inference-address', 'http://127.0.0.1:0']);
    assert.is(code, 2);
    assert.match(stderr, /^error: .* temporary directory \/no\/such\/place: it does not exist\.\nhint: .*TMPDIR/);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('a name that addresses cannot hold is taken, as by the peers, and said', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    assert.is((await runner.manage('POST', '/models?url=m&initial_workers=1&model_name=a%20b')).status, 200);
    const registered = runner.log.find(({ event }) => event === 'model-registered');
    assert.is(registered?.level, 'warn');
    assert.match(registered?.hint ?? '', '/predictions/a%20b');
    assert.is((await runner.predict('a%20b')).status, 200);
  });
});

test('a name that is not Unicode is refused, and nothing of it stays', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    const file = join(runner.store, 'm', 'MAR-INF', 'MANIFEST.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    manifest.model.modelName = 'half \ud800';
    await writeFile(file, JSON.stringify(manifest));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await runner.manage('POST', '/models?url=m');
      assert.is(answer.status, 400);
      assert.match(await answer.text(), 'is not Unicode');
    }
    assert.equal(await (await runner.manage('GET', '/models')).json(), { models: [] });
  });
});

test('a name that no address can say is 400, and nothing of it stays', async () => {
  await withRunner({ m: ALIVE }, async (runner) => {
    const names = [
      ['..', 'folder'],
      ['.', 'folder'],
      ['a\nb', 'control'],
      ['x'.repeat(2049), 'longer'],
    ] as const;
    for (const [name, fault] of names) {
      const answer = await runner.manage('POST', `/models?url=m&model_name=${encodeURIComponent(name)}`);
      assert.is(answer.status, 400, name);
      assert.match(await answer.text(), fault);
    }
    assert.equal(await (await runner.manage('GET', '/models')).json(), { models: [] });
    for (const name of ['a b', 'a/b', '/', '//x/', 'modèle', '...', '100%', 'x'.repeat(2048)]) {
      const path = encodeURIComponent(name);
      assert.is((await runner.manage('POST', `/models?url=m&model_name=${path}`)).status, 200, name);
      assert.is((await runner.manage('GET', `/models/${path}`)).status, 200, name);
      assert.is((await runner.manage('DELETE', `/models/${path}`)).status, 200, name);
    }
  });
});

test('--print-config shows every value with its origin, as text and as JSON', async () => {
  const text = await runMar(['serve-local', '--print-config', '--workers', '3']);
  assert.is(text.code, 0);
  assert.match(text.stdout, /^default_workers_per_model +3 +\(--workers\)$/m);
  const json = await runMar(['serve-local', '--print-config', '--json', '--workers', '3']);
  const { values } = JSON.parse(json.stdout);
  assert.ok(
    values.some(
      (value: { key: string; origin: string }) => value.key === 'max_request_size' && value.origin === 'default',
    ),
  );
});

test('--port sets both addresses, under an explicit one for management, and not beside --inference-address', async () => {
  const addresses = async (...args: string[]) => {
    const { code, stdout, stderr } = await runMar(['serve-local', '--print-config', ...args]);
    assert.is(code, 0, stderr);
    return [...stdout.matchAll(/^(?:inference|management)_address +(\S+) +\((\S+)\)$/gm)].map(([, url, from]) => [
      url,
      from,
    ]);
  };
  assert.equal(await addresses('--port', '9000'), [
    ['http://127.0.0.1:9000', '--port'],
    ['http://127.0.0.1:9001', '--port'],
  ]);
  assert.equal(await addresses('--port', '0', '--management-address', 'unix:/run/m'), [
    ['http://127.0.0.1:0', '--port'],
    ['unix:/run/m', '--management-address'],
  ]);
  const both = await runMar(['serve-local', '--port', '1', '--inference-address', 'http://127.0.0.1:2']);
  assert.is(both.code, 2);
  assert.match(both.stderr, '--port 1 and --inference-address http://127.0.0.1:2 are given; expected one of the two.');
});

test.run();
