import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cannotContain } from '#hosting/contain/contain.js';
import { type ValidateOptions, type ValidationReport, validate } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { type Files, pythonFiles, scriptFiles, zip } from './sample-archives.js';

const obstacle = await cannotContain();
const missing = obstacle === undefined ? undefined : `this system grants no namespaces: ${obstacle}`;
/** No other process has this argument. */
const SURVIVOR = `8${process.pid}`;

interface Outside {
  /** A file outside the archive that can be written. */
  readonly file: string;
  /** A port where something listens. */
  readonly port: number;
}

/** What each attempt came to: `reached`, or the name of the refusal. */
type Reached = Readonly<Record<string, string>>;

const KEPT_IN: Reached = {
  secret: 'KeyError',
  given: 'reached',
  outside: 'FileNotFoundError',
  system: 'OSError',
  disk: 'IndexError',
  connect: 'OSError',
  remount: 'CalledProcessError',
  memory: 'MemoryError',
  own: 'reached',
  temporary: 'reached',
  survivor: 'reached',
};

const PYTHON = ({ file, port }: Outside, names: readonly string[] = Object.keys(KEPT_IN)): Files =>
  pythonFiles({
    'service.py': `import os, socket, subprocess, tempfile
def attempt(what):
    try:
        what()
        return "reached"
    except BaseException as error:
        return type(error).__name__
ATTEMPTS = {
    "secret": (lambda: os.environ["TEST_SECRET"]),
    "given": (lambda: os.environ["TEST_GIVEN"]),
    "outside": (lambda: open(${JSON.stringify(file)}, "w").write("x")),
    "system": (lambda: open("/etc/mar-test-reach", "w")),
    "disk": (lambda: [open("/dev/" + name) for name in ("vda", "sda", "nvme0n1", "kmsg") if os.path.exists("/dev/" + name)][0]),
    "connect": (lambda: socket.create_connection(("127.0.0.1", ${port}), 5).close()),
    "remount": (lambda: subprocess.check_output(["mount", "-o", "remount,rw", "/"], stderr=subprocess.STDOUT)),
    "memory": (lambda: len(bytearray(3 << 30))),
    "own": (lambda: open("own.txt", "w").write("x")),
    "temporary": (lambda: tempfile.TemporaryFile()),
    "survivor": (lambda: subprocess.Popen(["setsid", "sleep", "${SURVIVOR}"])),
}
FOUND = {name: attempt(what) for name, what in ATTEMPTS.items() if name in ${JSON.stringify(names)}}
def handle(data, context):
    return None if data is None else [FOUND] * len(data)
`,
  });

const SCRIPT = ({ file, port }: Outside): Files =>
  scriptFiles({
    'service.mjs': `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
const attempt = (what) => { try { what(); return 'reached'; } catch (error) { return error.code ?? error.message; } };
const found = {
  secret: attempt(() => { if (process.env.TEST_SECRET === undefined) throw new Error('not there'); }),
  outside: attempt(() => writeFileSync(${JSON.stringify(file)}, 'x')),
  system: attempt(() => writeFileSync('/etc/mar-test-reach', 'x')),
  own: attempt(() => writeFileSync('own.txt', 'x')),
  connect: await new Promise((resolve) => {
    connect(${port}, '127.0.0.1').once('connect', () => resolve('reached')).once('error', (error) => resolve(error.code));
  }),
  survivor: attempt(() => spawn('setsid', ['sleep', '${SURVIVOR}'], { detached: true, stdio: 'ignore' }).unref()),
};
export const handle = (batch) => batch.map(() => found);
`,
  });

/** Runs an archive whose golden case expects `json`, with a secret in the environment, a port that listens and a folder beside it. */
async function run(files: (outside: Outside) => Files, json: Reached, options: ValidateOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'mar-reach-'));
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  Object.assign(process.env, { TEST_SECRET: 'a', TEST_GIVEN: 'b' });
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const golden = JSON.stringify({ request: { text: 'x' }, expect: { json } });
    const archive = join(folder, 'reach.mar');
    writeFileSync(archive, zip({ ...files({ file: join(folder, 'outside'), port }), 'MAR-INF/tests/a.json': golden }));
    const report = await validate([archive], { run: true, target: ['local'], ...options });
    return { report, connections, written: existsSync(join(folder, 'outside')) };
  } finally {
    delete process.env['TEST_SECRET'];
    delete process.env['TEST_GIVEN'];
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function runOf({ archives }: ValidationReport) {
  const [archive] = archives;
  assert.ok(archive?.run?.seen, JSON.stringify(archive?.findings));
  return { ...archive.run, seen: archive.run.seen, findings: archive.findings };
}

const told = ({ archives }: ValidationReport): string | undefined =>
  archives[0]?.findings.find(({ rule }) => rule === 'MAR511')?.message;

function survivors(): string[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const commandOf = (name: string) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  return numbers.map(commandOf).filter((command) => command.includes(`sleep ${SURVIVOR}`));
}

testUnless(
  missing ?? missingCommand('python3'),
  test,
  'a Python handler reaches nothing but its own directory, and what it tried is told',
  async () => {
    const { report, connections, written } = await run(PYTHON, KEPT_IN, {
      contain: 'always',
      memoryMb: 1024,
      env: ['TEST_GIVEN'],
    });
    assert.is(told(report), undefined);
    const { loaded, passed, seen, findings } = runOf(report);
    assert.equal({ loaded, passed, connections, written }, { loaded: true, passed: 1, connections: 0, written: false });
    assert.is(seen.uncontained, undefined);
    assert.equal(seen.files, ['model/own.txt']);
    assert.equal(seen.processes, ['sleep']);
    assert.equal(
      seen.actions.map((action) => action.replace(/:\d+$/, '')),
      ['connects to 127.0.0.1', 'starts mount', 'starts setsid'],
    );
    assert.equal(
      findings.filter(({ rule }) => rule === 'MAR512').map(({ severity }) => severity),
      ['warning', 'warning', 'warning', 'warning'],
    );
    assert.equal(survivors(), []);
  },
);

testUnless(missing, test, 'so does a Node handler', async () => {
  const kept: Reached = {
    secret: 'not there',
    outside: 'ENOENT',
    system: 'EROFS',
    own: 'reached',
    connect: 'ENETUNREACH',
    survivor: 'reached',
  };
  const { report, connections, written } = await run(SCRIPT, kept, { contain: 'always' });
  assert.is(told(report), undefined);
  const { passed, seen } = runOf(report);
  assert.equal({ passed, connections, written }, { passed: 1, connections: 0, written: false });
  assert.equal([seen.uncontained, seen.files], [undefined, ['model/own.txt']]);
  assert.equal(seen.actions.length, 2, seen.actions.join('; '));
  assert.equal(survivors(), []);
});

testUnless(
  missingCommand('python3'),
  test,
  'uncontained it reaches all of that, and the report says so; the environment is the allow list all the same',
  async () => {
    const free: Reached = { secret: 'KeyError', outside: 'reached', connect: 'reached', survivor: 'reached' };
    const files = (outside: Outside) => PYTHON(outside, Object.keys(free));
    const { report, connections, written } = await run(files, free, { contain: 'never' });
    assert.equal([connections, written], [1, true]);
    assert.is(told(report), undefined);
    assert.is(runOf(report).seen.uncontained, 'it was switched off');
    assert.equal(survivors(), []);
  },
);

testUnless(
  missing ?? missingCommand('python3'),
  test,
  'whoever is kept in cannot open the directory of the run to others, and folders without end neither spoil the verdict nor stay',
  async () => {
    // Other tests have runs of their own beside this one.
    const temporary = mkdtempSync(join(tmpdir(), 'mar-test-temporary-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = temporary;
    const files = (): Files =>
      pythonFiles({
        'service.py': `import os
def attempt(what):
    try:
        what()
        return "reached"
    except OSError as error:
        return type(error).__name__
run = os.path.dirname(os.path.dirname(os.environ["TMPDIR"]))
FOUND = {"run": attempt(lambda: os.chmod(run, 0o777)), "others": attempt(lambda: open(os.path.join(run, "x"), "w"))}
os.chdir(os.environ["TMPDIR"])
for number in range(60):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
def handle(data, context):
    return None if data is None else [FOUND] * len(data)
`,
      });
    try {
      const { report } = await run(files, { run: 'OSError', others: 'OSError' }, { contain: 'always' });
      assert.is(told(report), undefined);
      assert.is(runOf(report).passed, 1);
      assert.equal(
        readdirSync(temporary).filter((name) => name.startsWith('mar-run-')),
        [],
      );
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmSync(temporary, { recursive: true, force: true });
    }
  },
);

testUnless(
  missingCommand('python3'),
  test,
  'uncontained, a daemon that left the worker by a second fork is told',
  async () => {
    const files = (): Files =>
      pythonFiles({
        'service.py': `import subprocess
subprocess.run(["sh", "-c", "setsid sleep ${SURVIVOR} & exit"])
def handle(data, context):
    return None if data is None else [{}] * len(data)
`,
      });
    const { report } = await run(files, {}, { contain: 'never' });
    assert.equal(runOf(report).seen.processes, ['sleep']);
    assert.equal(survivors(), []);
  },
);

test('always contained or not at all: where there is no unshare the archive is not run, and the exit code is 2', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mar-uncontained-'));
  try {
    writeFileSync(join(folder, 'ok.mar'), zip(scriptFiles()));
    const args = ['validate', '--run', '--contain', 'always', '--json', join(folder, 'ok.mar')];
    const source = fileURLToPath(new URL('../../src/bin/mar.ts', import.meta.url));
    const flags = ['--import', import.meta.resolve('tsx'), '--conditions=mar-source'];
    const { status, stdout } = spawnSync(process.execPath, [...flags, source, ...args], {
      encoding: 'utf8',
      env: { PATH: folder },
    });
    const { failures } = JSON.parse(stdout);
    assert.equal([status, failures[0].code], [2, 'ERR_UNCONTAINED']);
    assert.match(failures[0].message, /^.*cannot be run contained: .*(unshare|namespaces)/);
    const auto = ['validate', '--run', '--memory', '900', join(folder, 'ok.mar')];
    const said = spawnSync(process.execPath, [...flags, source, ...auto], { encoding: 'utf8', env: { PATH: folder } });
    assert.match(said.stdout, /NOT CONTAINED: .*; its memory is not limited either/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
