import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forgeZip } from '../hostile/forge-zip.js';
import { runMar } from '../support/run-mar.js';
import { spawnBin } from '../support/served.js';

const test = suite<{ directory: string }>('mar extract');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'mar-extract-'));
  const archive = forgeZip([
    { name: 'a/b.txt', data: 'content' },
    { name: 'MAR-INF/MANIFEST.json', data: '{}' },
  ]);
  writeFileSync(join(context.directory, 'cats.mar'), archive);
});

test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

test('writes to a directory named like the archive and lists the files', async ({ directory }) => {
  const { code, stdout } = await runMar(['extract', 'cats.mar'], { cwd: directory });
  assert.is(code, 0);
  assert.is(stdout, `a/b.txt\nMAR-INF/MANIFEST.json\n2 files, 9 B → ${join(directory, 'cats')}\n`);
  assert.is(readFileSync(join(directory, 'cats/a/b.txt'), 'utf8'), 'content');
});

test('takes a directory and --force', async ({ directory }) => {
  assert.is((await runMar(['extract', 'cats.mar', 'here'], { cwd: directory })).code, 0);
  const again = await runMar(['extract', 'cats.mar', 'here'], { cwd: directory });
  assert.is(again.code, 2);
  assert.match(again.stderr, /exists already and is not empty\nhint: .*--force/);
  const forced = await runMar(['extract', 'cats.mar', 'here', '-f', '--json'], { cwd: directory });
  assert.is(forced.code, 0);
  assert.is(JSON.parse(forced.stdout).entries.length, 2);
});

test('--force removes no file of anybody else, and keeps the directory that it fills', async ({ directory }) => {
  const here = join(directory, 'here');
  mkdirSync(here);
  const { ino } = statSync(here);
  assert.is((await runMar(['extract', '../cats.mar', '.'], { cwd: here })).code, 0);
  assert.is(statSync(here).ino, ino);
  writeFileSync(join(here, 'a/precious.ts'), 'mine');
  const refused = await runMar(['extract', '../cats.mar', '.', '-f'], { cwd: here });
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /holds files that the archive does not have: a\/precious\.ts\nhint:/);
  assert.is(readFileSync(join(here, 'a/precious.ts'), 'utf8'), 'mine');
  rmSync(join(here, 'a/precious.ts'));
  writeFileSync(join(here, 'a/b.txt'), 'changed');
  assert.is((await runMar(['extract', '../cats.mar', '.', '-f'], { cwd: here })).code, 0);
  assert.is(readFileSync(join(here, 'a/b.txt'), 'utf8'), 'content');
  writeFileSync(join(directory, 'file'), '');
  assert.is((await runMar(['extract', 'cats.mar', 'file', '-f'], { cwd: directory })).code, 2);
  assert.equal(readdirSync(directory).sort(), ['cats.mar', 'file', 'here']);
});

test('an archive without a known extension does not become its own directory', async ({ directory }) => {
  writeFileSync(join(directory, 'cats'), readFileSync(join(directory, 'cats.mar')));
  assert.is((await runMar(['extract', 'cats'], { cwd: directory })).code, 0);
  assert.ok(readdirSync(directory).includes('cats.d'));
});

test('refuses what would land outside, and writes nothing', async ({ directory }) => {
  writeFileSync(
    join(directory, 'slip.mar'),
    forgeZip([
      { name: 'ok', data: 'x' },
      { name: '../evil', data: 'x' },
    ]),
  );
  const { code, stderr } = await runMar(['extract', 'slip.mar'], { cwd: directory });
  assert.is(code, 2);
  assert.match(stderr, /"\.\.\/evil" steps out of its folder/);
  assert.equal(readdirSync(directory).sort(), ['cats.mar', 'slip.mar']);
});

test('a file where the parent should be is an error, not a crash', async ({ directory }) => {
  const { code, stderr } = await runMar(['extract', 'cats.mar', 'cats.mar/inside'], { cwd: directory });
  assert.is(code, 2);
  assert.match(stderr, /^error: /);
});

test('an interruption is said in one line and leaves nothing', async ({ directory }) => {
  const { code, stderr } = await runMar(['extract', 'cats.mar'], {
    cwd: directory,
    signal: AbortSignal.abort('SIGINT'),
  });
  assert.is(code, 2);
  assert.is(stderr, 'error: interrupted\n');
  assert.equal(readdirSync(directory), ['cats.mar']);
});

test('Ctrl-C in the middle leaves nothing', async ({ directory }) => {
  const files = Array.from({ length: 20_000 }, (_, index) => ({ name: `f/${index}`, data: 'x' }));
  writeFileSync(join(directory, 'many.mar'), forgeZip(files));
  const child = spawnBin('mar', ['extract', join(directory, 'many.mar'), join(directory, 'target')]);
  const ended = once(child, 'exit');
  // The temporary directory beside the target is the sign that writing has begun.
  for await (const { filename } of watch(directory)) if (filename?.startsWith('.target.')) break;
  child.kill('SIGINT');
  assert.equal(await ended, [null, 'SIGINT']);
  assert.equal(readdirSync(directory).sort(), ['cats.mar', 'many.mar']);
});

test.run();
