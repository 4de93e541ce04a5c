/** The packer as a process of its own, where the system is in the way: another umask, another user, a full disk, a changing file. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PackOptions, pack } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { testUnless } from '../support/test-unless.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILES = { 'm/service.py': 'def handle(d, c):\n    return d\n', 'm/run.sh': '#!/bin/sh\n', 'o/': '' };
const LINUX = process.platform === 'linux' ? undefined : 'only Linux has it';
const AS_ROOT = process.getuid?.() === 0 ? undefined : 'only root can become another user';

/** Runs a shell with the packer's command line as `"$@"`. */
function inShell(script: string, folder: string, more: readonly string[] = [], limit = 60_000) {
  const program = ['--import', 'tsx', '--conditions=mar-source', join(ROOT, 'src/bin/model-archiver.ts')];
  const flags = ['--model-name', 'x', '--model-path', join(folder, 'm'), '--handler', 'service:handle', ...more];
  const argv = ['-c', script, 'sh', process.execPath, ...program, ...flags];
  return spawnSync('sh', argv, { cwd: ROOT, encoding: 'utf8', timeout: limit });
}

testUnless(
  missingCommand('sh'),
  test,
  'the umask does not change the bytes',
  inFolder({ ...FILES, 'p/': '' }, ({ path }) => {
    for (const format of ['default', 'tgz', 'no-archive']) {
      const outputs = ['022', '077'].map((mask, index) => {
        const out = join(path, index === 0 ? 'o' : 'p');
        const done = inShell(`umask ${mask}; exec "$@"`, path, ['--export-path', out, '--archive-format', format]);
        assert.is(done.status, 0, done.stderr);
        const [name = ''] = readdirSync(out).filter((found) => format !== 'no-archive' || found === 'x');
        const file = format === 'no-archive' ? join(out, 'x/MAR-INF/MANIFEST.json') : join(out, name);
        return readFileSync(file);
      });
      assert.equal(outputs[1], outputs[0], format);
      for (const out of ['o', 'p'])
        for (const name of readdirSync(join(path, out))) rmSync(join(path, out, name), { recursive: true });
    }
  }),
);

testUnless(
  AS_ROOT ?? LINUX,
  test,
  'a file and a directory that may not be read are named with what to do, and nothing is left',
  inFolder({ ...FILES, 'm/closed.txt': 'x', 'm/sub/inside.txt': 'x' }, async ({ path }) => {
    chmodSync(path, 0o755);
    chmodSync(join(path, 'm/closed.txt'), 0o600);
    const other = { uid: 65534, gid: 65534 };
    const script = [
      "import { pack } from '#index.js';",
      'const [, cwd, exclude] = process.argv;',
      "const options = { modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd, exclude: exclude.split(','), dryRun: true };",
      'pack(options).then(() => console.log("packed"), (error) => console.log(error.code, error.message, error.hint));',
    ].join('\n');
    const run = (exclude: string) =>
      spawnSync(
        process.execPath,
        ['--import', 'tsx', '--conditions=mar-source', '--input-type=module', '-e', script, path, exclude],
        { cwd: ROOT, encoding: 'utf8', ...other, env: { ...process.env, HOME: '/tmp' } },
      );
    const file = run('none');
    assert.match(
      file.stdout,
      /^ERR_FILE_UNREADABLE closed\.txt cannot be read: permission denied\. Grant read permission/,
      file.stderr,
    );
    assert.match(run('closed.txt').stdout, /^packed/);
    chmodSync(join(path, 'm/sub'), 0o700);
    assert.match(run('closed.txt').stdout, /^ERR_FILE_UNREADABLE sub\/? cannot be read: permission denied/);
    assert.equal(readdirSync(join(path, 'o')), []);
  }),
);

const NAMESPACE =
  missingCommand('unshare') ??
  (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
    ? undefined
    : 'file systems cannot be mounted here');

testUnless(
  LINUX ?? NAMESPACE,
  test,
  'a disk that is really full is said in one sentence, and nothing half-written stays',
  inFolder({ ...FILES, 'm/weights.onnx': Buffer.alloc(9 << 20, 7) }, ({ path }) => {
    const out = join(path, 'o');
    for (const format of ['default', 'tgz', 'no-archive']) {
      writeFileSync(join(path, 'm/weights.onnx'), noise(9 << 20));
      const script = `unshare -rm sh -c 'mount -t tmpfs -o size=4m tmpfs ${out} && "$@"; echo "code $?"; ls -A ${out}' sh "$@"`;
      const done = inShell(script, path, ['--export-path', out, '--archive-format', format]);
      assert.is(done.stdout, 'code 1\n', format + done.stderr);
      assert.match(
        done.stderr,
        /^error: Cannot write to .*: the disk is full\. Nothing was left behind\.\nhint: /,
        format,
      );
    }
  }),
);

/** Bytes that do not shrink. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0, state = 1; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

testUnless(
  LINUX ?? NAMESPACE,
  test,
  'for programs a full disk is a code',
  inFolder({ ...FILES, 'm/weights.onnx': noise(5 << 20) }, ({ path }) => {
    const script = `unshare -rm sh -c 'mount -t tmpfs -o size=4m tmpfs o && exec "$@"' sh "$@"`;
    const mar = [
      process.execPath,
      '--import',
      import.meta.resolve('tsx'),
      '--conditions=mar-source',
      join(ROOT, 'src/bin/mar.ts'),
    ];
    const flags = ['build', 'm', '--model-name', 'x', '--handler', 'service.py', '--export-path', 'o', '--json'];
    const done = spawnSync('sh', ['-c', script, 'sh', ...mar, ...flags], { cwd: path, encoding: 'utf8' });
    const { error } = JSON.parse(done.stdout);
    assert.equal([done.status, error.code, error.kind], [2, 'ERR_DISK_FULL', 'unavailable'], done.stderr);
  }),
);

testUnless(
  LINUX,
  test,
  'a device is refused wherever it is named',
  inFolder(FILES, async ({ path }) => {
    const options = { modelName: 'x', version: '1', handler: join(path, 'm/service.py'), cwd: path };
    await rejectsWith('ERR_NOT_A_FILE', () => pack({ ...options, extraFiles: '/dev/null' }));
    await rejectsWith('ERR_FILE_MISSING', () => pack({ ...options, serializedFile: '/dev/null' }));
  }),
);

test(
  'a small file that changes before it is written stops the build: it is packed as it was seen, or not at all',
  inFolder(FILES, async ({ path }) => {
    const blocks = Array.from({ length: 330 }, (_, index) => join(path, 'm', `${String(index).padStart(3, '0')}.npy`));
    for (const block of blocks) writeFileSync(block, Buffer.alloc(120_000, 1));
    const last = blocks.at(-1) ?? '';
    let touched = false;
    const onProgress: PackOptions['onProgress'] = () => {
      if (!touched) appendFileSync(last, 'more');
      touched = true;
    };
    const options = { modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd: path, exportPath: 'o' };
    const error = await rejectsWith('ERR_FILE_CHANGED', () => pack({ ...options, onProgress }));
    assert.match(error.message, /^329\.npy changed while it was being packed: 120000 bytes at first, then 120004/);
    assert.equal(readdirSync(join(path, 'o')), []);
  }),
);

test(
  'names that differ only by case are packed both, with a warning; two builds in place do not disturb each other',
  inFolder({ ...FILES, 'm/Read.txt': '1', 'm/read.txt': '2' }, async ({ path }) => {
    const options = { modelName: 'm', modelPath: 'm', handler: 'service:handle', cwd: path } as const;
    const inPlace = { ...options, archiveFormat: 'no-archive', force: true } as const;
    const [one] = await Promise.all([pack(inPlace), pack(inPlace)]);
    assert.equal(
      one.warnings.map(({ code }) => code),
      ['case-clash'],
    );
    assert.equal(readdirSync(join(path, 'm')).sort(), ['MAR-INF', 'Read.txt', 'read.txt', 'run.sh', 'service.py']);
  }),
);

test.run();
