import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { extractAsUser } from '../support/extract-as-user.js';
import { missingShared, sharedPath } from '../support/shared.js';
import { testUnless } from '../support/test-unless.js';

/** What is refused of the peers' own archives, and with which code. Everything else opens and extracts. */
const REFUSED: Readonly<Record<string, string>> = {
  'mms/bad-bitflip.mar': 'ERR_ENTRY_DATA',
  'mms/bad-empty.mar': 'ERR_NOT_AN_ARCHIVE',
  'mms/bad-noeocd.mar': 'ERR_ARCHIVE_TRUNCATED',
  'mms/bad-random.mar': 'ERR_NOT_AN_ARCHIVE',
  'mms/bad-truncated.mar': 'ERR_ARCHIVE_TRUNCATED',
  'mms/prefix-junk.mar': 'ERR_ARCHIVE_PREFIX',
  'mms/slip-abs.mar': 'ERR_ENTRY_PATH',
  'mms/slip.mar': 'ERR_ENTRY_PATH',
  'ts/bad-random.mar': 'ERR_NOT_AN_ARCHIVE',
  'ts/bad-truncated.mar': 'ERR_ARCHIVE_TRUNCATED',
  'ts/slip-abs.mar': 'ERR_ENTRY_PATH',
  'ts/slip.mar': 'ERR_ENTRY_PATH',
};

testUnless(
  missingShared('peers/store'),
  test,
  "the peers' archives open, except for the broken and dangerous ones",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mar-peers-'));
    try {
      const refused: Record<string, string> = {};
      for (const peer of ['mms', 'ts']) {
        for (const name of readdirSync(sharedPath(`peers/store/${peer}`))) {
          const code = await extractAsUser(sharedPath(`peers/store/${peer}/${name}`), join(directory, peer, name));
          if (code !== undefined) refused[`${peer}/${name}`] = code;
        }
      }
      assert.equal(refused, REFUSED);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

testUnless(
  missingShared('peers/store'),
  test,
  'of a duplicate the last one counts, and a link is a text file',
  async () => {
    const duplicate = await openArchive(sharedPath('peers/store/mms/dup-entry.mar'));
    assert.equal(
      duplicate.entries.map(({ path }) => path),
      ['echo.py', 'MAR-INF/MANIFEST.json'],
    );
    await duplicate.close();
    const linked = await openArchive(sharedPath('peers/store/mms/symlink.mar'));
    const link = linked.get('link.txt');
    assert.ok(link !== undefined && (await linked.bytes(link)).length > 0);
    await linked.close();
  },
);

test.run();
