import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { freePort } from '../support/recording.js';
import { recordingPath } from '../support/recordings.js';
import { withRunner, writeModel } from '../support/runner.js';
import { serveLocal, spawnBin } from '../support/served.js';
import { testUnless } from '../support/test-unless.js';

const ALIVE = 'export const handle = (batch) => batch.map(() => "alive");';

async function messageOf(response: Response): Promise<string> {
  const { message } = (await response.json()) as { message: string };
  return message;
}

async function inFolder(use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mar-system-'));
  try {
    await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const noNamespace =
  spawnSync('unshare', ['-rm', 'true']).status === 0 ? undefined : 'no mount namespace can be made here';

testUnless(noNamespace, test, 'a full disk while unpacking is a 500 with the reason; nothing is left', () => {
  const fixture = fileURLToPath(new URL('../fixtures/serve/full-disk.ts', import.meta.url));
  const args = ['-rm', process.execPath, ...process.execArgv, fixture, recordingPath('store/mms'), 'echo.mar'];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  assert.is(stderr, '');
  const { status, message, left } = JSON.parse(stdout);
  assert.is(status, 500);
  assert.match(message, /^Failed to save model: echo\.mar\n.*(space|full|ENOSPC)/i);
  assert.equal(left, ['filler']);
});

testUnless(missingCommand('prlimit'), test, 'out of descriptors: workers that cannot start say so, others go on', () =>
  inFolder(async (root) => {
    await writeModel(root, 'm', ALIVE);
    const served = await serveLocal([join(root, 'm'), '--workers', '1', '--max-workers', '30', '--model-store', root]);
    try {
      spawnSync('prlimit', ['--nofile=80', '--pid', String(served.process.pid)]);
      const many = await fetch(`${served.management}/models?url=m&model_name=many&initial_workers=30`, {
        method: 'POST',
      });
      assert.is(many.status, 500);
      assert.match(await messageOf(many), /^Failed to start workers\n.*(EMFILE|descriptors)/);
      const alive = await fetch(`${served.inference}/predictions/m`, { method: 'POST' });
      assert.is(await alive.text(), 'alive');
      assert.is((await fetch(`${served.management}/models/many`)).status, 404);
    } finally {
      assert.is(await served.stop(), 0);
    }
  }),
);

testUnless(
  existsSync('/dev/full') ? undefined : 'there is no /dev/full here',
  test,
  'standard output that takes nothing is told, and SIGTERM ends the server gracefully all the same',
  async () => {
    const anyPort = ['--inference-address', 'http://127.0.0.1:0', '--management-address', 'http://127.0.0.1:0'];
    const full = openSync('/dev/full', 'w');
    const child = spawnBin('mar', ['serve-local', ...anyPort], full);
    closeSync(full);
    const exited = once(child, 'exit');
    let log = '';
    for await (const text of child.stderr ?? []) {
      log += text;
      if (log.includes('standard output cannot be written')) child.kill('SIGTERM');
    }
    assert.equal(await exited, [0, null], log);
  },
);

test('the directory of a running model is removed: it goes on, its next worker says what to do, and finds it when it is back', async () => {
  const handler = `export const handle = (batch) => {
    if (String(batch[0].body) === 'die') process.exit(1);
    return ['alive'];
  };`;
  await withRunner({ m: handler }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const dir = join(runner.store, 'm');
    await rename(dir, `${dir}-away`);
    assert.is(await (await runner.predict('m')).text(), 'alive');
    assert.is((await runner.predict('m', 'die')).status, 500);
    const refused = await runner.predict('m');
    assert.is(refused.status, 503);
    assert.match(
      await messageOf(refused),
      /files of model m are gone: the directory …\/m was removed\.\nhint: Unregister/,
    );
    const failed = runner.log.find(({ event }) => event === 'worker-failed');
    assert.match(failed?.message ?? '', dir);
    await rename(`${dir}-away`, dir);
    let answer = await runner.predict('m');
    while (answer.status === 503) {
      await pause(50);
      answer = await runner.predict('m');
    }
    assert.is(await answer.text(), 'alive');
  });
});

test('a machine that stands still for longer than the timeouts: what was answered meanwhile counts', () =>
  inFolder(async (root) => {
    await writeModel(
      root,
      'm',
      `import fs from 'node:fs';
      export const handle = async (batch) => {
        fs.writeFileSync('begun', '');
        await new Promise((resolve) => setTimeout(resolve, 300));
        return batch.map(() => 'alive');
      };`,
    );
    const config = join(root, 'config.properties');
    await writeFile(config, 'default_response_timeout=1');
    const served = await serveLocal([join(root, 'm'), '--workers', '1', '--mms-config', config]);
    const answer = fetch(`${served.inference}/predictions/m`, { method: 'POST' });
    while (!existsSync(join(root, 'm', 'begun'))) await pause(5);
    served.process.kill('SIGSTOP');
    await pause(1500);
    served.process.kill('SIGCONT');
    assert.is(await (await answer).text(), 'alive');
    assert.is(await served.stop(), 0);
  }));

test('two runners, one port: the second says so and ends; one temporary directory is fine', () =>
  inFolder(async (root) => {
    await writeModel(root, 'm', ALIVE);
    const inference = `http://127.0.0.1:${await freePort()}`;
    const addresses = ['--inference-address', inference, '--management-address', 'http://127.0.0.1:0'];
    const start = () => {
      const child = spawnBin('mar', ['serve-local', join(root, 'm'), '--workers', '1', ...addresses]);
      const output = { out: '', err: '' };
      child.stdout?.on('data', (chunk) => {
        output.out += chunk;
      });
      child.stderr?.on('data', (chunk) => {
        output.err += chunk;
      });
      return { child, output, exited: once(child, 'close') };
    };
    process.env['TMPDIR'] = root;
    const runners = [start(), start()] as const;
    delete process.env['TMPDIR'];
    const second = await Promise.race(runners.map(({ exited }, index) => exited.then(() => index)));
    const loser = runners[second === 0 ? 0 : 1];
    const winner = runners[second === 0 ? 1 : 0];
    assert.is(loser.child.exitCode, 2);
    assert.match(loser.output.err, /Failed to bind to address: .* \(it is in use\)\nhint: /);
    while (!winner.output.out.includes('Management API')) await once(winner.child.stdout ?? winner.child, 'data');
    assert.is(await (await fetch(`${inference}/predictions/m`, { method: 'POST' })).text(), 'alive');
    assert.is((await readdir(root)).filter((name) => name.startsWith('mar-run-')).length, 1);
    winner.child.kill('SIGTERM');
    await winner.exited;
    assert.is(winner.child.exitCode, 0);
    assert.is((await readdir(root)).filter((name) => name.startsWith('mar-run-')).length, 0);
  }));

test('an archive that is replaced while it loads: one of the two is served, or the registration fails; never a mixture', () =>
  inFolder(async (root) => {
    const archives: Buffer[] = [];
    for (const version of ['one', 'two']) {
      const model = join(root, version);
      await writeModel(model, 'm', 'unused');
      await writeFile(
        join(model, 'm', 'service.mjs'),
        `import fs from 'node:fs';
        export const handle = (batch) => batch.map(() => '${version} ' + fs.readFileSync('weights').subarray(-3));`,
      );
      await writeFile(join(model, 'm', 'weights'), Buffer.alloc(3_000_000, version));
      const options = { modelName: 'm', modelPath: join(model, 'm'), handler: 'service.mjs:handle' };
      await pack({ ...options, exportPath: model, extraFiles: join(model, 'm', 'weights') });
      archives.push(await readFile(join(model, 'm.mar')));
    }
    await withRunner({}, async (runner) => {
      for (let round = 0; round < 12; round += 1) {
        await writeFile(join(runner.store, 'm.mar'), archives[round % 2] ?? '');
        const registered = runner.manage('POST', '/models?url=m.mar&initial_workers=1');
        // In one step as a careful program does it, and as cp does it.
        const next = archives[(round + 1) % 2] ?? '';
        if (round % 4 < 2) await writeFile(join(runner.store, 'm.mar'), next);
        else {
          await writeFile(join(runner.store, 'next'), next);
          await rename(join(runner.store, 'next'), join(runner.store, 'm.mar'));
        }
        const answer = await registered;
        if (answer.status === 200) {
          assert.match(await (await runner.predict('m')).text(), /^(one (one|neo|eon)|two (two|wot|otw))$/);
          await runner.manage('DELETE', '/models/m');
        } else {
          const [sentence] = (await messageOf(answer)).split('\n');
          const refusal = answer.status === 500 ? 'Failed to save model: m.mar' : 'Model name is not defined.';
          assert.equal([answer.status === 500 || answer.status === 400, sentence], [true, refusal]);
        }
      }
      const [run = ''] = await runner.leftovers();
      assert.equal(await readdir(join(runner.store, '..', 'tmp', run)), []);
    });
  }));

test.run();
