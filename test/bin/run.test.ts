import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ValidationReport } from '#index.js';
import { eiaFiles, zip } from '../check/sample-archives.js';
import { inFolder } from '../support/model-folder.js';
import { testUnless } from '../support/test-unless.js';

const FILES = { 'm/service.py': 'def handle(d, c):\n    return d\n' };
const SIGNALS_MISSING = process.platform === 'win32' ? 'Windows has no signals' : undefined;
const ROOT = new URL('../..', import.meta.url).pathname;

/** A build that takes seconds, once its archive takes shape in `path`. */
async function longBuild(path: string) {
  const sparse = openSync(join(path, 'm/weights.onnx'), 'w');
  ftruncateSync(sparse, 3 * 2 ** 30);
  closeSync(sparse);
  const staged = new Promise<void>((resolve) => {
    const watcher = watch(path, (_event, name) => {
      if (!name?.endsWith('.tmp')) return;
      watcher.close();
      resolve();
    });
  });
  const program = ['--import', 'tsx', '--conditions=mar-source', 'src/bin/model-archiver.ts'];
  const flags = [
    '--model-name',
    'x',
    '--export-path',
    path,
    '--model-path',
    join(path, 'm'),
    '--handler',
    'service:handle',
  ];
  const child = spawn(process.execPath, [...program, ...flags], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }));
  await staged;
  return { child, ended };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const) {
  testUnless(
    SIGNALS_MISSING,
    test,
    `${signal} in the middle of a build leaves nothing, and the process dies by it`,
    inFolder(FILES, async ({ path }) => {
      const { child, ended } = await longBuild(path);
      child.kill(signal);
      const { stderr, ...end } = await ended;
      assert.equal(end, { code: null, signal }, stderr);
      assert.match(stderr, /interrupted; nothing was written/);
      assert.equal(readdirSync(path), ['m']);
    }),
  );
}

testUnless(
  SIGNALS_MISSING,
  test,
  'a second signal ends the build at once and leaves nothing either',
  inFolder(FILES, async ({ path }) => {
    const { child, ended } = await longBuild(path);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, signal } = await ended;
    assert.ok(code === 143 || code === 130 || signal !== null, `${code} ${signal}`);
    assert.equal(readdirSync(path), ['m']);
  }),
);

test('the Node that is asked for is the one of package.json', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const [, ...needed] = /NEEDED = \[(\d+), (\d+)\]/.exec(readFileSync(join(ROOT, 'src/bin/run.ts'), 'utf8')) ?? [];
  assert.is(engines.node, `>=${needed.join('.')}`);
});

/** Runs a program whose world is broken by a script before it starts. */
function runBroken(bin: string, breaking: string, argv: readonly string[]) {
  const flags = ['--import', 'tsx', '--conditions=mar-source', '--import', `data:text/javascript,${breaking}`];
  return spawnSync(process.execPath, [...flags, `src/bin/${bin}.ts`, ...argv], { cwd: ROOT, encoding: 'utf8' });
}

const DEFECT = '() => { throw new TypeError("a defect") }';

for (const bin of ['mar', 'model-archiver'])
  test(`a defect of ours ends ${bin} with 3, and its stack is there to be reported`, () => {
    // The help is the first thing that asks for it.
    const breaking = `Object.defineProperty(process.stdout, "columns", { get: ${DEFECT} })`;
    const { status, stderr, stdout } = runBroken(bin, breaking, ['--help']);
    assert.is(status, 3, stderr);
    assert.match(stderr, /^error: internal error, please report it\nTypeError: a defect\n {4}at /);
    assert.is(stdout, '');
  });

test(
  'a rule that breaks ends mar validate with 3: the archive has not passed, the other rules are told all the same',
  inFolder({}, ({ path }) => {
    const mar = join(path, 'eia.mar');
    writeFileSync(mar, zip(eiaFiles({})));
    const breaking = `Number.isInteger = ${DEFECT}`;
    const { status, stdout } = runBroken('mar', breaking, ['validate', '--json', mar]);
    assert.is(status, 3);
    const { passed, archives } = JSON.parse(stdout) as Pick<ValidationReport, 'passed' | 'archives'>;
    assert.not(passed);
    assert.equal(
      archives[0]?.internalErrors.map(({ rule, message }) => [rule, message]),
      [['MAR603', 'a defect']],
    );
    assert.ok(archives[0]?.findings.some(({ rule }) => rule === 'MAR601'));
    assert.is(runBroken('mar', '', ['validate', '-q', mar]).status, 0);
  }),
);

test('an older Node is told in a sentence', () => {
  const older = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.14.9" } })';
  const flags = ['--import', 'tsx', '--conditions=mar-source', '--import', `data:text/javascript,${older}`];
  const { status, stderr } = spawnSync(process.execPath, [...flags, 'src/bin/mar.ts', '--help'], { cwd: ROOT });
  assert.is(String(stderr), 'error: this program needs Node 20.15 or newer; this is 20.14.9\n');
  assert.is(status, 2);
});

test.run();
