import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';

const MAR = `"${process.execPath}" --import tsx --conditions=mar-source src/bin/mar.ts`;
const test = suite('output that cannot be written');

/** Runs a line in a real shell: exit code of the line and everything on standard error. */
async function shell(line: string): Promise<{ code: number; stderr: string }> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

const noBash = missingCommand('bash');

testUnless(noBash, test, 'a reader that leaves early ends nothing with a stack', async () => {
  assert.equal(await shell(`${MAR} rules --json | head -c 10`), { code: 0, stderr: '' });
});

testUnless(
  noBash ?? (existsSync('/dev/full') ? undefined : '/dev/full is not there'),
  test,
  'a full disk is said',
  async () => {
    const { code, stderr } = await shell(`${MAR} rules > /dev/full`);
    assert.is(code, 2);
    assert.match(stderr, /^error: standard output cannot be written: ENOSPC.*\n$/);
  },
);

test.run();
