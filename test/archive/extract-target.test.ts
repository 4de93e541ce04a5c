import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkTarget, moveIntoPlace, takenTarget } from '#archive/extract-target.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const entry = (path: string) => ({ path, size: 1, compressedSize: 1, compression: 'store' as const });

/** What a directory holds: names and contents. */
const contents = (directory: string): string[][] =>
  readdirSync(directory)
    .sort()
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')]);

test(
  'what was there goes aside as a whole, the new files come, and the directory stays the same one',
  inFolder({ 'content/b': 'new', 'content/c': 'new', 'target/a': 'old', 'target/b': 'old' }, async ({ path }) => {
    const target = join(path, 'target');
    const { ino } = statSync(target);
    await moveIntoPlace(join(path, 'content'), target, join(path, 'aside'));
    assert.equal(contents(target), [
      ['b', 'new'],
      ['c', 'new'],
    ]);
    assert.equal(contents(join(path, 'aside')), [
      ['a', 'old'],
      ['b', 'old'],
    ]);
    assert.equal(readdirSync(join(path, 'content')), []);
    assert.is(statSync(target).ino, ino);
  }),
);

test(
  'where there was nothing the content becomes the directory itself',
  inFolder({ 'content/b': 'new' }, async ({ path }) => {
    await moveIntoPlace(join(path, 'content'), join(path, 'target'), join(path, 'aside'));
    assert.equal(readdirSync(path), ['target']);
    assert.equal(contents(join(path, 'target')), [['b', 'new']]);
  }),
);

test(
  'a move that fails half way brings everything back',
  inFolder({ 'content/a': 'new', 'content/b': 'new', 'content/c': 'new' }, async ({ path }) => {
    // A path that is almost too long for the system: what has a short name can be moved into it, the long one cannot.
    let target = path;
    while (target.length + 200 < 4060) target = join(target, 'd'.repeat(Math.min(200, 4060 - target.length - 201)));
    mkdirSync(target, { recursive: true });
    for (const name of ['a', 'old']) writeFileSync(join(target, name), 'old');
    writeFileSync(join(path, 'content', 'n'.repeat(255)), 'new');
    const failure = await moveIntoPlace(join(path, 'content'), target, join(path, 'aside')).then(
      () => 'moved',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    assert.is(failure, 'ENAMETOOLONG');
    assert.equal(contents(target), [
      ['a', 'old'],
      ['old', 'old'],
    ]);
    assert.equal(readdirSync(join(path, 'aside')), []);
    assert.equal(readdirSync(join(path, 'content')).sort(), ['a', 'b', 'c', 'n'.repeat(255)]);
  }),
);

test(
  'a target is accepted when it is absent, empty, or holds nothing but what may be replaced',
  inFolder({ 'empty/': '', 'same/a': '', 'same/in/b': '' }, async ({ path }) => {
    await checkTarget(join(path, 'absent'), []);
    await checkTarget(join(path, 'empty'), []);
    await checkTarget(join(path, 'same'), [entry('a'), entry('in/b'), entry('c')]);
    const taken = await rejectsWith('ERR_TARGET_EXISTS', () => checkTarget(join(path, 'same'), []));
    assert.equal(
      [taken.message, taken.hint],
      [
        `${join(path, 'same')} exists already and is not empty`,
        'Choose another directory, or replace an earlier extraction with --force',
      ],
    );
    assert.is(takenTarget('/x', 'is a file').message, '/x is a file');
    let failure: unknown;
    await checkTarget(join(path, 'same/a'), []).catch((error: unknown) => {
      failure = error;
    });
    assert.match(String(failure), /ENOTDIR/);
  }),
);

test(
  'foreign files are named in order, five at most, wherever they lie',
  inFolder({ 'x/e': '', 'x/d/1': '', 'x/d/2': '', 'x/c': '', 'x/b': '', 'x/own': '' }, async ({ path, write }) => {
    const message = async (): Promise<string> =>
      (await rejectsWith('ERR_TARGET_EXISTS', () => checkTarget(join(path, 'x'), [entry('own')]))).message;
    const told = `${join(path, 'x')} holds files that the archive does not have: b, c, d/1, d/2, e`;
    assert.is(await message(), told);
    write({ 'x/f': '', 'x/g': '' });
    assert.is(await message(), `${told} and 2 more`);
  }),
);

test.run();
