/** The mistakes of a hurried user, each with the real program: the whole text of stderr and the exit code. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, realpathSync, truncateSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { type Folder, inFolder } from '../support/model-folder.js';
import { testUnless } from '../support/test-unless.js';
import { MISTAKES, MODEL, PACK, type Program } from './mistakes.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const LINUX = process.platform === 'linux' ? undefined : 'only Linux has it';

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  /** With DIR for the folder of the test. */
  readonly stderr: string;
}

function commandLine(program: Program, args: readonly string[]): string[] {
  const bin = join(ROOT, 'src/bin', `${program}.ts`);
  return ['--import', import.meta.resolve('tsx'), '--conditions=mar-source', bin, ...args];
}

async function ended(child: ChildProcess, { path }: Folder): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  const [code, signal] = await once(child, 'close');
  return {
    code,
    signal,
    stdout: text.stdout,
    stderr: text.stderr.replaceAll(realpathSync(path), 'DIR').replaceAll(path, 'DIR'),
  };
}

function start(program: Program, args: readonly string[], { path }: Folder, user: { uid?: number; gid?: number } = {}) {
  const env = { ...process.env, ...(user.uid !== undefined && { HOME: '/tmp' }) };
  return spawn(process.execPath, commandLine(program, args), {
    cwd: path,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...user,
  });
}

for (const [name, line, code, says, files = MODEL] of MISTAKES)
  test(
    name,
    inFolder(files, async (folder) => {
      const [program, ...args] = line.split(' ');
      const done = await ended(start(program === 'mar' ? program : 'model-archiver', args, folder), folder);
      assert.is(args[0] === 'validate' ? done.stdout : done.stderr, `${says.join('\n')}\n`);
      assert.is(done.code, code);
    }),
  );

test(
  'a port that is taken',
  inFolder({}, async (folder) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    assert.ok(address !== null && typeof address === 'object');
    try {
      const flags = [
        '--inference-address',
        `http://127.0.0.1:${address.port}`,
        '--management-address',
        'http://127.0.0.1:0',
      ];
      const done = await ended(start('mar', ['serve-local', ...flags], folder), folder);
      assert.is(
        done.stderr.replaceAll(String(address.port), 'PORT'),
        'error: Failed to bind to address: http://127.0.0.1:PORT (it is in use)\nhint: Another program listens there: stop it, or choose another port (0 takes a free one).\n',
      );
      assert.is(done.code, 2);
    } finally {
      other.close();
    }
  }),
);

const AS_ROOT = process.getuid?.() === 0 ? undefined : 'only root can become another user';
const NOBODY = { uid: 65534, gid: 65534 };

testUnless(
  AS_ROOT ?? LINUX,
  test,
  'no permission: a file that may not be read, a directory that may not be written',
  inFolder({ ...MODEL, 'model/closed.txt': 'x', 'out/': '' }, async (folder) => {
    chmodSync(folder.path, 0o755);
    chmodSync(join(folder.path, 'out'), 0o755);
    const write = await ended(start('model-archiver', [...PACK, '--export-path', 'out'], folder, NOBODY), folder);
    assert.is(
      write.stderr,
      'error: Cannot write to DIR/out: permission denied. Nothing was left behind.\nhint: Choose another --export-path.\n',
    );
    assert.is(write.code, 1);
    chmodSync(join(folder.path, 'model/closed.txt'), 0o600);
    chmodSync(join(folder.path, 'out'), 0o777);
    const read = await ended(start('model-archiver', [...PACK, '--export-path', 'out'], folder, NOBODY), folder);
    assert.is(
      read.stderr,
      'error: closed.txt cannot be read: permission denied.\nhint: Grant read permission, or leave it out with --exclude.\n',
    );
    assert.is(read.code, 1);
    assert.equal(readdirSync(join(folder.path, 'out')), []);
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
  'a full disk',
  inFolder({ ...MODEL, 'out/': '' }, async (folder) => {
    const weights = join(folder.path, 'model/weights.onnx');
    writeFileSync(weights, '');
    truncateSync(weights, 9 << 20);
    const argv = [process.execPath, ...commandLine('model-archiver', [...PACK, '--export-path', 'out'])];
    const script = 'mount -t tmpfs -o size=4m tmpfs out && "$@"; code=$?; ls -A out; exit $code';
    const child = spawn('unshare', ['-rm', 'sh', '-c', script, 'sh', ...argv], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const done = await ended(child, folder);
    assert.is(
      done.stderr,
      'error: Cannot write to DIR/out/x.mar: the disk is full. Nothing was left behind.\nhint: Free some space, or choose another --export-path.\n',
    );
    assert.equal([done.code, done.stdout], [1, '']);
  }),
);

test(
  'Ctrl-C in the middle of packing: nothing stays, and the shell learns of it',
  inFolder({ ...MODEL, 'out/': '' }, async (folder) => {
    const weights = join(folder.path, 'model/weights.onnx');
    writeFileSync(weights, '');
    truncateSync(weights, 4 * 2 ** 30);
    const out = join(folder.path, 'out');
    const watcher = watch(out);
    const child = start('model-archiver', [...PACK, '--export-path', 'out'], folder);
    const done = ended(child, folder);
    await once(watcher, 'change');
    watcher.close();
    child.kill('SIGINT');
    const { signal, stderr } = await done;
    assert.is(stderr, 'error: Packing was interrupted; nothing was written.\nhint: Run the command again.\n');
    assert.is(signal, 'SIGINT');
    assert.equal(readdirSync(out), []);
  }),
);

test.run();
