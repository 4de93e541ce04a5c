import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive, scanArchive } from '#archive/open.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

test(
  'the files of a directory come in the order of their paths, and a limit to them is told with what it is',
  inFolder({ 'm/b': 'b', 'm/a/z': 'z', 'm/c': 'c', 'm/a/a': 'a', 'm/D': 'D' }, async ({ path }) => {
    const archive = await openArchive(join(path, 'm'));
    assert.equal(
      archive.entries.map((entry) => entry.path),
      ['D', 'a/a', 'a/z', 'b', 'c'],
    );
    await archive.close();
    const limited = await scanArchive(join(path, 'm'), { limits: { entries: 4 } });
    assert.equal(
      limited.problems.map(({ code, expected }) => [code, expected]),
      [['ERR_LIMIT_ENTRIES', 'at most 4']],
    );
    assert.is(limited.archive, undefined);
  }),
);

test(
  'a path that cannot be followed is an error that names it',
  inFolder({}, async ({ path }) => {
    symlinkSync('loop', join(path, 'loop'));
    const looped = await rejectsWith('ERR_ARCHIVE_UNREADABLE', () => openArchive(join(path, 'loop')));
    assert.match(looped.message, /loop cannot be read: ELOOP/);
    const none = await rejectsWith('ERR_ARCHIVE_NOT_FOUND', () => openArchive(join(path, 'none')));
    assert.match(none.message, /none does not exist/);
  }),
);

test.run();
