import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runMar } from '../support/run-mar.js';

const test = suite<{ root: string }>('mar serve-local as torchserve');

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'mar-start-'));
  const source = join(context.root, 'echo');
  mkdirSync(source);
  mkdirSync(join(context.root, 'store'));
  writeFileSync(
    join(source, 'service.js'),
    'export const handle = (batch) => batch.map(({ body }) => ({ got: body }));',
  );
  writeFileSync(join(source, 'mar.config.json'), '{ "modelName": "echo", "handler": "service.js" }');
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

/** `alias torchserve='mar serve-local'`, in a world of its own. */
function torchserve(root: string, ...argv: string[]) {
  const env = { ...process.env, TMPDIR: root, XDG_CACHE_HOME: join(root, 'cache') };
  const bin = resolve('dist/bin/mar.js');
  return spawnSync(process.execPath, [bin, 'serve-local', ...argv], { cwd: root, env, encoding: 'utf8' });
}

test('--start runs in the background with the flags of TorchServe, a second one is refused, --stop ends it', async ({
  root,
}) => {
  writeFileSync(
    join(root, 'config.properties'),
    'inference_address=http://127.0.0.1:0\nmanagement_address=http://127.0.0.1:0\ndefault_workers_per_model=1\n',
  );
  const flags = ['--ncs', '--ts-config', 'config.properties', '--model-store', 'store', '--models', 'named=echo'];
  const started = torchserve(root, '--start', ...flags, '--disable-token-auth', '--enable-model-api');
  try {
    assert.is(started.status, 0, started.stderr);
    const [, url = ''] = /Inference API +(\S+)/.exec(started.stdout) ?? [];
    const answer = await fetch(`${url}/predictions/named`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[1]',
    });
    assert.equal(await answer.json(), { got: [1] });
    assert.match(readFileSync(join(root, 'mar-serve-local.log'), 'utf8'), /packed echo into .*cache.*echo\.mar/);
    const second = torchserve(root, '--start', ...flags);
    assert.is(second.status, 2);
    assert.match(second.stderr, /A server of --start runs already, as process \d+\.\nhint: .*--stop/);
    assert.is(JSON.parse(torchserve(root, '--start', '--json').stdout).error.code, 'ERR_SERVER_RUNNING');
  } finally {
    const stopped = torchserve(root, '--stop');
    assert.is(stopped.status, 0, stopped.stderr);
    assert.match(stopped.stdout, /^The server has stopped \(process \d+\)\.\n$/);
  }
  const again = torchserve(root, '--stop');
  assert.is(again.status, 2);
  assert.match(again.stderr, 'error: No server that --start has started is running.');
  assert.is(JSON.parse(torchserve(root, '--stop', '--json').stdout).error.code, 'ERR_SERVER_NOT_STARTED');
});

test('--stop leaves a process alone that only has the number of an ended server', ({ root }) => {
  writeFileSync(join(root, '.mar-serve-local.json'), JSON.stringify({ pid: process.pid, since: '1' }));
  const { status, stderr } = torchserve(root, '--stop');
  assert.is(status, 2);
  assert.match(stderr, 'No server that --start has started is running');
});

test('a start that fails says why and leaves nothing behind', ({ root }) => {
  const { status, stderr } = torchserve(root, '--start', '--port', '0', '--models', 'm=absent.mar');
  assert.is(status, 2);
  assert.match(stderr, /absent\.mar/);
  assert.is(torchserve(root, '--stop').status, 2);
});

test('mar predict and mar test pack a source directory first, and say so', async ({ root }) => {
  const env = { XDG_CACHE_HOME: join(root, 'cache') };
  const predicted = await runMar(['predict', 'echo', '-d', '[2]'], { cwd: root, env });
  assert.equal(JSON.parse(predicted.stdout), { got: [2] });
  assert.match(predicted.stderr, /^packed echo into .*echo\.mar\n/);
  const tested = await runMar(['test', 'echo'], { cwd: root, env });
  assert.is(tested.code, 0, tested.stderr);
  assert.match(tested.stderr, /^packed echo into /);
});

test('a directory with nothing but a handler is a source, too', async ({ root }) => {
  const env = { XDG_CACHE_HOME: join(root, 'cache') };
  mkdirSync(join(root, 'bare'));
  writeFileSync(
    join(root, 'bare/index.js'),
    'export const handle = (batch) => batch.map(({ body }) => ({ bare: body }));\n',
  );
  const { stdout, stderr } = await runMar(['predict', 'bare', '-d', '[2]'], { cwd: root, env });
  assert.equal(JSON.parse(stdout), { bare: [2] });
  assert.match(stderr, /^packed bare into .*bare\.mar\n/);
  mkdirSync(join(root, 'empty'));
  const nothing = await runMar(['predict', 'empty', '-d', '[2]'], { cwd: root, env });
  assert.is(nothing.code, 2);
});

test.run();
