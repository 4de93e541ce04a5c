import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEEN_VARIABLE } from '#conventions/run-seen.js';
import { watchRun } from '../../src/testing/watch-run.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';

interface Folder {
  directory: string;
}

const test = suite<Folder>('watch-run');

test.before.each((context) => {
  context.directory = realpathSync(mkdtempSync(join(tmpdir(), 'mar-watch-')));
});

test.after.each(({ directory }) => {
  // Node cannot remove what lies deeper than a path reaches.
  spawnSync('rm', ['-rf', directory]);
});

/** Watches, lets `act` do what an archive would, and tells what was seen; `file` is where the hooks write. */
async function seenAfter(directory: string, act: (file: string) => void) {
  const watch = await watchRun(directory, ['.old']);
  act(watch.env[SEEN_VARIABLE] ?? '');
  return watch.seen();
}

test('what the hooks heard is told once with its count, whatever an archive writes in between', async ({
  directory,
}) => {
  const said = ['"starts sh"', '"starts sh"', 'no JSON', `"${'a'.repeat(600)}"`];
  const seen = await seenAfter(directory, (file) => writeFileSync(file, said.join('\n')));
  assert.equal(seen, { files: [], actions: ['starts sh (2 times)', 'no JSON', `${'a'.repeat(500)}…`] });
});

test('a link in the place of what the hooks wrote is not followed: only this process may read what it leads to', async ({
  directory,
}) => {
  const secret = join(directory, '.old');
  writeFileSync(secret, 'a secret');
  assert.equal(await seenAfter(directory, (file) => symlinkSync(secret, file)), { files: [], actions: [] });
});

testUnless(
  missingCommand('mkfifo'),
  test,
  'a pipe in its place is not waited for, nor is a folder of any use',
  async ({ directory }) => {
    assert.equal((await seenAfter(directory, (file) => spawnSync('mkfifo', [file]))).actions, []);
    assert.equal((await seenAfter(directory, (file) => mkdirSync(file))).actions, []);
  },
);

test('a changed file is seen with its old time too, and a link that leads nowhere', async ({ directory }) => {
  const file = join(directory, 'weights');
  writeFileSync(file, 'a');
  utimesSync(file, 1e9, 1e9);
  const { files } = await seenAfter(directory, () => {
    writeFileSync(file, 'b');
    utimesSync(file, 1e9, 1e9);
    symlinkSync('nowhere', join(directory, 'link'));
  });
  assert.is(statSync(file).mtimeMs, 1e12);
  assert.equal(files, ['link', 'weights']);
});

test('folders deeper than any path reaches hide nothing beside them', async ({ directory }) => {
  const { files } = await seenAfter(directory, () => {
    const dig = `const { mkdirSync } = require('fs');
      for (let depth = 0; depth < 60; depth += 1) { mkdirSync('d'.repeat(200)); process.chdir('d'.repeat(200)); }`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', dig], { cwd: directory, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    writeFileSync(join(directory, 'written'), '');
  });
  assert.ok(files.includes('written'), files.join());
  assert.ok(
    files.some((name) => name.startsWith('ddd') && name.length < 600),
    files.join(),
  );
});

test.run();
