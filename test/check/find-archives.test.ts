import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { findArchives } from '#check/find-archives.js';
import { validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

test('a folder of archives is not itself an archive of 0.4 because one lies unpacked in it; alone it is', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-find-'));
  try {
    mkdirSync(join(root, 'store', 'unpacked'), { recursive: true });
    writeFileSync(join(root, 'store', 'unpacked', 'MANIFEST.json'), '{}');
    assert.equal(await findArchives(root, 'store'), ['store']);
    assert.equal(await findArchives(root, 'store/unpacked'), ['store/unpacked']);
    writeFileSync(join(root, 'store', 'a.mar'), '');
    assert.equal(await findArchives(root, 'store'), [join('store', 'a.mar')]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('a path that the system cannot follow is unreadable, which is not the same as absent', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-find-'));
  try {
    const loop = join(root, 'loop.mar');
    symlinkSync('loop.mar', loop);
    const named = await rejectsWith('ERR_ARCHIVE_UNREADABLE', () => findArchives(root, 'loop.mar'));
    assert.is(named.message, 'loop.mar cannot be read: ELOOP');
    const opened = await rejectsWith('ERR_ARCHIVE_UNREADABLE', () => openArchive(loop));
    assert.match(opened.message, /loop\.mar cannot be read: ELOOP/);
    const { failures, passed } = await validate([loop]);
    assert.equal(
      failures.map(({ path, code }) => [path, code]),
      [[loop, 'ERR_ARCHIVE_UNREADABLE']],
    );
    assert.not(passed);
    await rejectsWith('ERR_ARCHIVE_NOT_FOUND', () => findArchives(root, 'absent.mar'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test(
  'a file is itself, a folder its archives by name, a pattern what matches; anything else says where was looked',
  inFolder({ 'store/b.tar.gz': '', 'store/a.MAR': '', 'store/notes.txt': '', 'none/x.txt': '' }, async ({ path }) => {
    assert.equal(await findArchives(path, 'store/notes.txt'), ['store/notes.txt']);
    assert.equal(await findArchives(path, 'store'), [join('store', 'a.MAR'), join('store', 'b.tar.gz')]);
    assert.equal(await findArchives(path, 'store/*.txt'), ['store/notes.txt']);
    const message = async (argument: string): Promise<unknown> => {
      const error = await rejectsWith('ERR_ARCHIVE_NOT_FOUND', () => findArchives(path, argument));
      return [error.message, error.hint];
    };
    assert.equal(await message('store/*.zip'), ['no file matches store/*.zip', 'the folder looked into is store']);
    assert.equal(await message('none'), [
      'none holds no archive and is not a model directory',
      'a model directory has MAR-INF/MANIFEST.json; make an archive of it: mar build none',
    ]);
    assert.equal(await message('store/notes.txt/x'), ['store/notes.txt/x does not exist', 'check the path']);
    const url = await rejectsWith('ERR_ARCHIVE_URL', () => findArchives(path, 'S3://bucket/a.mar'));
    assert.is(url.message, 'S3://bucket/a.mar is a URL');
  }),
);

test.run();
