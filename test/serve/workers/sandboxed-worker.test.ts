import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotContain } from '#hosting/contain/contain.js';
import { missingCommand } from '../../support/commands.js';
import { type Runner, withRunner, writeModel } from '../../support/runner.js';
import { serveLocal } from '../../support/served.js';
import { testUnless } from '../../support/test-unless.js';

const obstacle = await cannotContain();
const missing = obstacle === undefined ? undefined : `this system grants no namespaces: ${obstacle}`;

/** An argument of `sleep` that no other process has. */
const markOf = (name: string): string => `7${process.pid}${name === 'm' ? 1 : 2}`;

interface Outside {
  /** A folder outside of the archive that can be written, with a file `seen` in it. */
  readonly folder: string;
  readonly port: number;
}

/** What each attempt comes to, by handler: `reached`, or the name of the refusal. */
const KEPT_IN = {
  m: { outside: 'EROFS', own: 'EROFS', temporary: 'reached', key: 'EACCES', store: 'ENOENT', connect: 'ENETUNREACH' },
  'm.py': {
    ...{ outside: 'OSError', own: 'OSError', temporary: 'reached' },
    ...{ key: 'PermissionError', store: 'FileNotFoundError', connect: 'OSError' },
  },
} as const;

/** Handlers that try to leave, answer what came of it, leave a daemon, and die when they are told to. */
const HANDLERS = {
  m: ({ folder, port }: Outside) => `import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
const attempt = (what) => { try { what(); return 'reached'; } catch (error) { return error.code ?? error.message; } };
spawn('setsid', ['sleep', '${markOf('m')}'], { detached: true, stdio: 'ignore' }).unref();
const found = {
  outside: attempt(() => writeFileSync('${folder}/written', 'x')),
  own: attempt(() => writeFileSync('written', 'x')),
  temporary: attempt(() => { mkdirSync(tmpdir() + '/shut/in', { recursive: true }); writeFileSync(tmpdir() + '/shut/in/a', 'x'); }),
  key: attempt(() => readFileSync('${folder}/key.json')),
  store: attempt(() => readdirSync('../other')),
  connect: await new Promise((resolve) => {
    connect(${port}, '127.0.0.1').once('connect', () => resolve('reached')).once('error', (error) => resolve(error.code));
  }),
};
export const handle = (batch) => {
  if (String(batch[0].body) === 'die') process.exit(3);
  const { TEST_SECRET, TEST_GIVEN } = process.env;
  return batch.map(() => ({ found, secret: TEST_SECRET ?? '', given: TEST_GIVEN, rss: process.memoryUsage().rss, seen: readFileSync('${folder}/seen', 'utf8') }));
};
`,
  'm.py': ({ folder, port }: Outside) => `import os, socket, subprocess, tempfile
def attempt(what):
    try:
        what()
        return "reached"
    except BaseException as error:
        return type(error).__name__
def temporary():
    shut = os.path.join(tempfile.gettempdir(), "shut", "in")
    os.makedirs(shut)
    open(os.path.join(shut, "a"), "w").close()
    os.chmod(os.path.dirname(shut), 0)
subprocess.Popen(["setsid", "sleep", "${markOf('m.py')}"])
FOUND = {
    "outside": attempt(lambda: open("${folder}/written", "w")),
    "own": attempt(lambda: open("written", "w")),
    "temporary": attempt(temporary),
    "key": attempt(lambda: open("${folder}/key.json").read()),
    "store": attempt(lambda: os.listdir("../other")),
    "connect": attempt(lambda: socket.create_connection(("127.0.0.1", ${port}), 5)),
}
def handle(data, context):
    if data is None:
        return None
    if data[0]["body"] in ("die", b"die"):
        os._exit(3)
    rss = int(open("/proc/self/statm").read().split()[1]) * 4096
    answer = {"found": FOUND, "secret": os.environ.get("TEST_SECRET", ""), "given": os.environ.get("TEST_GIVEN"), "rss": rss, "seen": open("${folder}/seen").read()}
    return [answer] * len(data)
`,
};

/** The processes whose command has this argument. */
function running(mark: string): string[] {
  const commands = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return commands.filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}

/** Until so many of the daemons of a handler run: one that has just been started has no command for a moment. */
async function untilRunning(name: string, count: number): Promise<void> {
  while (running(markOf(name)).length !== count) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The directories of workers in the one of the run. */
async function directories(runner: Runner, tempDir: string): Promise<string[]> {
  const [run = ''] = await runner.leftovers();
  return readdirSync(join(tempDir, run)).filter((name) => name.startsWith('worker-'));
}

for (const name of ['m', 'm.py'] as const) {
  const label = name === 'm' ? 'Node' : 'Python';
  const lacks = missing ?? (name === 'm' ? undefined : missingCommand('python3'));

  testUnless(
    lacks,
    test,
    `${label}: a sandboxed worker reaches nothing but its model and a temporary directory, is counted, replaced, and leaves nothing`,
    async () => {
      // Beside the temporary directories, which a sandboxed worker does not see at all.
      const folder = mkdtempSync(fileURLToPath(new URL('../../../.mar-sandbox-', import.meta.url)));
      const tempDir = mkdtempSync(join(tmpdir(), 'mar-sandbox-'));
      let connections = 0;
      const listening = createServer((socket) => socket.destroy()).on('connection', () => {
        connections += 1;
      });
      try {
        await once(listening.listen(0, '127.0.0.1'), 'listening');
        const { port } = listening.address() as AddressInfo;
        writeFileSync(join(folder, 'key.json'), 'key');
        writeFileSync(join(folder, 'seen'), 'seen');
        const env = { ...process.env, TEST_SECRET: 'a', TEST_GIVEN: 'b', NETRC: '/dev/null' };
        const properties = `key_file=${folder}/key.json\n`;
        const options = { sandbox: true, sandboxEnv: ['TEST_GIVEN'], env, tempDir, properties };
        const handlers = { [name]: HANDLERS[name]({ folder, port }), other: 'export const handle = (batch) => batch;' };
        await withRunner(
          handlers,
          async (runner) => {
            runner.leftovers = async () => readdirSync(tempDir);
            const registered = await runner.manage('POST', '/models?url=m&initial_workers=1&synchronous=true');
            assert.is(registered.status, 200, await registered.text());
            const { rss, ...said } = (await (await runner.predict('m')).json()) as { rss: number };
            assert.equal(said, { found: KEPT_IN[name], secret: '', given: 'b', seen: 'seen' });
            assert.equal([connections, existsSync(join(folder, 'written'))], [0, false]);
            const { workers } = (await (await runner.manage('GET', '/models/m')).json()) as {
              workers: { memoryUsage: number }[];
            };
            assert.ok((workers[0]?.memoryUsage ?? 0) > rss / 2, `${workers[0]?.memoryUsage} of ${rss}`);
            assert.is((await directories(runner, tempDir)).length, 1);
            await untilRunning(name, 1);

            const [first] = await directories(runner, tempDir);
            const died = await runner.predict('m', 'die');
            assert.match(await died.text(), 'exited with code 3');
            assert.is((await runner.predict('m')).status, 200);
            const [second, ...more] = await directories(runner, tempDir);
            assert.not.equal(second, first);
            assert.equal(more, []);
            await untilRunning(name, 1);

            const scaled = await runner.manage('PUT', '/models/m?min_worker=0&synchronous=true');
            assert.is(scaled.status, 200);
            assert.equal([await directories(runner, tempDir), running(markOf(name))], [[], []]);
          },
          options,
        );
        assert.equal(readdirSync(tempDir), []);
      } finally {
        listening.close();
        rmSync(folder, { recursive: true, force: true });
        rmSync(tempDir, { recursive: true, force: true });
      }
    },
  );

  testUnless(lacks, test, `${label}: nothing of a sandboxed worker outlives a server that is killed`, async () => {
    const root = mkdtempSync(join(tmpdir(), 'mar-sandbox-'));
    try {
      await writeModel(root, name, HANDLERS[name]({ folder: root, port: 9 }));
      const served = await serveLocal([join(root, 'm'), '--workers', '1', '--sandbox']);
      await untilRunning(name, 1);
      const exited = once(served.process, 'exit');
      served.process.kill('SIGKILL');
      await exited;
      await untilRunning(name, 0);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

test('where the system grants no namespaces, the server does not start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mar-sandbox-'));
  try {
    const source = fileURLToPath(new URL('../../../src/bin/mar.ts', import.meta.url));
    const flags = ['--import', import.meta.resolve('tsx'), '--conditions=mar-source'];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...flags, source, 'serve-local', '--sandbox', '--json'],
      {
        encoding: 'utf8',
        cwd: folder,
        env: { PATH: folder },
      },
    );
    assert.is(status, 2, stderr);
    const { code, message } = JSON.parse(stdout).error;
    assert.is(code, 'ERR_SANDBOX');
    assert.match(message, /^Workers cannot run in a sandbox here: .*(unshare|namespaces)/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
