import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unwritable } from '#archive/writing/staging.js';
import { type PackOptions, pack } from '#index.js';
import { collectFiles } from '#pack/files/collect.js';
import { missingCommand } from '../../support/commands.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';

const FILES = { 'm/service.py': 'def handle(d, c):\n    return d\n' };
const LINUX = process.platform === 'linux' ? undefined : 'only Linux has such names and places';

function packIn(cwd: string, options: Partial<PackOptions> = {}) {
  return pack({ modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd, ...options });
}

testUnless(
  missingCommand('mkfifo'),
  test,
  'a FIFO is refused instead of being waited for',
  inFolder(FILES, async ({ path }) => {
    execFileSync('mkfifo', [join(path, 'm/pipe')]);
    assert.match((await rejectsWith('ERR_NOT_A_FILE', () => packIn(path))).message, /pipe is a FIFO/);
    await packIn(path, { exclude: ['pipe'] });
  }),
);

testUnless(
  LINUX,
  test,
  'a name that is not UTF-8 is refused and shown',
  inFolder(FILES, async ({ path }) => {
    writeFileSync(Buffer.concat([Buffer.from(`${path}/m/caf`), Buffer.from([0xe9])]), 'x');
    assert.match((await rejectsWith('ERR_FILE_NAME', () => packIn(path))).message, /'caf\\xe9'/);
  }),
);

test(
  'a path over 260 characters is packed, with a warning',
  inFolder({ ...FILES, [`m/${'d'.repeat(100)}/${'e'.repeat(100)}/${'f'.repeat(100)}`]: 'x' }, async ({ path }) => {
    const { warnings, entries } = await packIn(path);
    assert.equal(
      warnings.map(({ code }) => code),
      ['long-path'],
    );
    assert.is(entries.length, 3);
  }),
);

test('more entries than any reader of ours accepts are refused before anything is written', async () => {
  const { planEntries } = await import('#pack/entry-plan.js');
  const bytes = Buffer.alloc(0);
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `${index}`, bytes, origin: 'x' }));
  assert.is(planEntries(many(99_999)).length, 99_999);
  await rejectsWith('ERR_TOO_MANY_ENTRIES', () => planEntries(many(100_000)));
});

test('a file and a folder cannot share a name', async () => {
  const { planEntries } = await import('#pack/entry-plan.js');
  const entry = (path: string) => ({ path, bytes: Buffer.alloc(0), origin: `source of ${path}` });
  const error = await rejectsWith('ERR_FILES_CLASH', () => planEntries([entry('a/b/c'), entry('a')]));
  assert.match(error.message, /source of a and the folder of source of a\/b\/c/);
});

test(
  'a virtual environment stays out, and is said',
  inFolder({ ...FILES, 'm/venv/pyvenv.cfg': '', 'm/venv/lib/x.py': '' }, ({ path }) => {
    const { files, leftOut } = collectFiles(join(path, 'm'), () => undefined);
    assert.equal(
      files.map((file) => file.path),
      ['service.py'],
    );
    assert.equal(leftOut, [{ path: 'venv/', reason: 'virtual environment' }]);
  }),
);

test(
  'a Python handler without the named function is refused with the nearest one',
  inFolder(FILES, async ({ path }) => {
    const error = await rejectsWith('ERR_ENTRY_POINT_MISSING', () => packIn(path, { handler: 'service:handel' }));
    assert.match(error.message, /did you mean 'handle'/);
  }),
);

const CLASS = 'class Service:\n    def initialize(self, context): ...\n    def handle(self, data, context): ...\n';

test(
  'the only class of a Python file is packed as module:handle, and never under its own name',
  inFolder({ ...FILES, 'm/service.py': CLASS, 'm/two.py': `${CLASS}class Other: ...\n` }, async ({ path }) => {
    const codes = async (handler: string) =>
      (await packIn(path, { handler, force: true })).warnings.map(({ code }) => code);
    assert.equal(await codes('service:handle'), []);
    assert.equal(await codes('service.py'), []);
    assert.equal(await codes('service.py:predict'), ['entry-point-class']);
    const named = await rejectsWith('ERR_ENTRY_POINT_MISSING', () =>
      packIn(path, { handler: 'service:Service', force: true }),
    );
    assert.match(named.hint ?? '', '--handler service.py:handle');
    const one = await rejectsWith('ERR_ENTRY_POINT_MISSING', () =>
      packIn(path, { handler: 'two:Service', force: true }),
    );
    assert.match(one.hint ?? '', 'keep one class');
    await rejectsWith('ERR_ENTRY_POINT_MISSING', () => packIn(path, { handler: 'two:handle', force: true }));
  }),
);

test(
  'a model given as the handler is told from a handler that is missing, and a misspelt built-in service is recognised',
  inFolder({ ...FILES, 'm/net.onnx': 'onnx' }, async ({ path }) => {
    const model = await rejectsWith('ERR_HANDLER_KIND', () => packIn(path, { handler: 'net.onnx' }));
    assert.match(model.hint ?? '', /--handler tensor/);
    const misspelt = await rejectsWith('ERR_HANDLER_MISSING', () => packIn(path, { handler: 'Tensor' }));
    assert.match(misspelt.message, /did you mean 'tensor'/);
    const { warnings } = await packIn(path, { modelName: 'x.mar' });
    assert.match(warnings[0]?.message ?? '', /x\.mar\.mar/);
  }),
);

testUnless(
  LINUX,
  test,
  'a place that cannot be written to is an error in our words, and so is a full disk',
  inFolder(FILES, async ({ path }) => {
    await rejectsWith('ERR_TARGET_UNWRITABLE', () => packIn(path, { exportPath: '/proc' }));
    const full = unwritable('/data/x.mar', Object.assign(new Error('write'), { code: 'ENOSPC' }));
    assert.match(full instanceof Error ? full.message : '', /the disk is full/);
  }),
);

test(
  'two builds of one archive at once: one wins, the other is told, nothing else is left',
  inFolder({ ...FILES, 'm/data.bin': Buffer.alloc(1 << 20, 3) }, async ({ path }) => {
    const results = await Promise.allSettled([packIn(path), packIn(path), packIn(path)]);
    assert.is(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(readdirSync(path).sort(), ['m', 'x.mar']);
    await Promise.all([packIn(path, { force: true }), packIn(path, { force: true })]);
    assert.equal(readdirSync(path).sort(), ['m', 'x.mar']);
  }),
);

testUnless(
  LINUX,
  test,
  'Ctrl-C in the middle of a real build leaves nothing',
  inFolder(FILES, async ({ path }) => {
    const sparse = openSync(join(path, 'm/weights.onnx'), 'w');
    ftruncateSync(sparse, 3 * 2 ** 30);
    closeSync(sparse);
    const source = new URL('../../../src/bin/model-archiver.ts', import.meta.url).pathname;
    const argv = ['--import', 'tsx', '--conditions=mar-source', source, '--model-name', 'x', '--export-path', path];
    const staged = new Promise<void>((resolve) => {
      const watcher = watch(path, (_event, name) => {
        if (!name?.endsWith('.tmp')) return;
        watcher.close();
        resolve();
      });
    });
    const child = spawn(process.execPath, [...argv, '--model-path', join(path, 'm'), '--handler', 'service:handle'], {
      cwd: new URL('../..', import.meta.url).pathname,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    await staged;
    child.kill('SIGINT');
    assert.equal(await once(child, 'close'), [null, 'SIGINT'], stderr);
    assert.match(stderr, /interrupted; nothing was written/);
    assert.equal(readdirSync(path), ['m']);
  }),
);

test.run();
