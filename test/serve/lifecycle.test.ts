import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serve } from '#index.js';
import { rejectsWith } from '../support/rejects.js';
import { withRunner, writeModel } from '../support/runner.js';
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

test.run();
