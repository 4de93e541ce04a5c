import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stage, unwritable } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const exitListeners = (): number => process.listenerCount('exit');

test(
  'a staged file becomes its target, or disappears; nothing else is left, not even a listener',
  inFolder({}, async ({ path }) => {
    const before = exitListeners();
    const target = join(path, 'x.mar');
    for (const force of [false, true]) {
      const staged = await stage(target, 'file');
      assert.is(exitListeners(), before + 1);
      assert.match(staged.path, /\/\.x\.mar\.[0-9a-f]{12}\.tmp$/);
      writeFileSync(staged.path, `force ${force}`);
      await staged.commit(force);
      assert.equal([readFileSync(target, 'utf8'), readdirSync(path)], [`force ${force}`, ['x.mar']]);
    }
    const dropped = await stage(target, 'file');
    writeFileSync(dropped.path, 'dropped');
    await dropped.discard();
    await dropped.discard();
    assert.equal([readFileSync(target, 'utf8'), readdirSync(path)], ['force true', ['x.mar']]);
    assert.is(exitListeners(), before);
  }),
);

test(
  'without force nothing that exists is replaced, and what was staged waits to be discarded',
  inFolder({ 'x.mar': 'old', 'dir/old.txt': 'old' }, async ({ path }) => {
    for (const [name, kind] of [
      ['x.mar', 'file'],
      ['dir', 'directory'],
    ] as const) {
      const staged = await stage(join(path, name), kind);
      if (kind === 'directory') writeFileSync(join(staged.path, 'new.txt'), 'new');
      const error = await rejectsWith('ERR_TARGET_EXISTS', () => staged.commit(false));
      assert.is(error.message, `${join(path, name)} already exists.`);
      assert.ok(existsSync(staged.path));
      await staged.discard();
    }
    assert.equal(
      [readdirSync(path).sort(), readFileSync(join(path, 'dir/old.txt'), 'utf8')],
      [['dir', 'x.mar'], 'old'],
    );
  }),
);

test(
  'a directory takes the place of another as a whole; one that cannot leaves the old one where it was',
  inFolder({ 'dir/old.txt': 'old' }, async ({ path }) => {
    const target = join(path, 'dir');
    const lost = await stage(target, 'directory');
    const { rmSync } = await import('node:fs');
    rmSync(lost.path, { recursive: true });
    let failure: unknown;
    await lost.commit(true).catch((error: unknown) => {
      failure = error;
    });
    assert.match(String(failure), /ENOENT/);
    assert.equal(readdirSync(target), ['old.txt']);
    await lost.discard();
    const staged = await stage(target, 'directory');
    writeFileSync(join(staged.path, 'new.txt'), 'new');
    await staged.commit(true);
    assert.equal([readdirSync(path), readdirSync(target)], [['dir'], ['new.txt']]);
    const first = await stage(join(path, 'other'), 'directory');
    await first.commit(true);
    assert.equal(readdirSync(path).sort(), ['dir', 'other']);
  }),
);

test(
  'a place that cannot be written to is named, with what to do',
  inFolder({ 'file.txt': '' }, async ({ path }) => {
    const before = exitListeners();
    const inFile = await rejectsWith('ERR_TARGET_UNWRITABLE', () => stage(join(path, 'file.txt/x.mar'), 'file'));
    assert.match(
      inFile.message,
      /^Cannot write to .*file\.txt: a file stands where a directory would go\. Nothing was left behind\.$/,
    );
    await rejectsWith('ERR_TARGET_UNWRITABLE', () => stage(join(path, 'none/x'), 'directory'));
    assert.is(exitListeners(), before);
    await mkdir(join(path, 'none'));
    await (await stage(join(path, 'none/x'), 'directory')).discard();
  }),
);

test('a failure to write says which one it was, and what is not of the system passes as it is', () => {
  const failure = (code: string): unknown => unwritable('/out', Object.assign(new Error(`${code}: x`), { code }));
  for (const [code, ours, message, hint] of [
    ['ENOSPC', 'ERR_DISK_FULL', 'the disk is full', 'Free some space, or choose another --export-path.'],
    ['EDQUOT', 'ERR_DISK_FULL', 'the disk is full', 'Free some space, or choose another --export-path.'],
    ['EACCES', 'ERR_TARGET_UNWRITABLE', 'permission denied', 'Choose another --export-path.'],
    ['EPERM', 'ERR_TARGET_UNWRITABLE', 'permission denied', 'Choose another --export-path.'],
    ['EROFS', 'ERR_TARGET_UNWRITABLE', 'EROFS: x', 'Choose another --export-path.'],
  ] as const) {
    const error = failure(code);
    if (!(error instanceof MarError)) throw new Error(`${code} is no error of ours`);
    assert.equal(
      [error.code, error.message, error.hint],
      [ours, `Cannot write to /out: ${message}. Nothing was left behind.`, hint],
    );
  }
  const own = new MarError('x', { code: 'ERR_USAGE' });
  for (const cause of [own, new TypeError('x'), Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' })])
    assert.is(unwritable('/out', cause), cause);
});

test.run();
