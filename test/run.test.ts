import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from './support/commands.js';
import { livingIn } from './support/process-group.js';
import { testUnless } from './support/test-unless.js';

/** Runs the runner on fixture files; the output and the exit code come back. */
async function run(...args: string[]): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/run.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { output, code };
}

const fixture = (name: string) => `test/fixtures/runner/${name}.fixture.ts`;
const lastLine = (output: string) => output.trimEnd().split('\n').at(-1);

test('a file that passes: exit code 0, skips listed with their reasons, totals last', async () => {
  const { output, code } = await run(fixture('passes'));
  assert.match(output, /skip test\/fixtures\/runner\/passes\.fixture\.ts "two": a reason: with a colon/);
  assert.is(lastLine(output), '1 passed, 0 failed, 1 skipped');
  assert.is(code, 0);
});

test('a failing test is shown in full and counted', async () => {
  const { output, code } = await run(fixture('fails'), fixture('passes'));
  assert.match(output, /"wrong"/);
  assert.match(output, /Expected values to be strictly equal/);
  assert.is(lastLine(output), '2 passed, 1 failed, 1 skipped');
  assert.is(code, 1);
});

const faults = {
  forgets: /ended without running a test: is test\.run\(\) missing\?/,
  'forgets-suite': /never runs the suite 'forgotten'/,
  crashes: /thrown while loading/,
  'skips-silently': /skips 1 tests but gives 0 reasons/,
};
for (const [name, fault] of Object.entries(faults)) {
  test(`a file that ${name} fails`, async () => {
    const { output, code } = await run(fixture(name));
    assert.match(output, fault);
    assert.match(lastLine(output) ?? '', /, 1 failed$/);
    assert.is(code, 1);
  });
}

testUnless(missingCommand('ps'), test, 'a file that hangs is killed with its children', async () => {
  const { output, code } = await run('--limit', '5', fixture('hangs'));
  assert.match(output, /hung: killed after 5 s/);
  const group = Number(/group (\d+)/.exec(output)?.[1]);
  assert.ok(group > 1);
  assert.equal(livingIn(group), []);
  assert.is(code, 1);
});

testUnless(missingCommand('ps'), test, 'a process that a file leaves behind is killed and reported', async () => {
  const { output, code } = await run(fixture('leaves'));
  assert.match(output, /left a process behind: \d+ sleep 601/);
  assert.is(code, 1);
});

test('a filter that chooses nothing is an error', async () => {
  const { output, code } = await run('no-such-test');
  assert.match(output, /no test file has 'no-such-test' in its path/);
  assert.is(code, 1);
});

test.run();
