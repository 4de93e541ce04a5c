import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extractAsUser } from '../support/extract-as-user.js';
import { missingOwnArchives, type RecordedStore, recordedArchives } from '../support/recordings.js';
import { testUnless } from '../support/test-unless.js';

/** What is refused of the recorded archives, and with which code. Everything else opens and extracts. */
const REFUSED: Readonly<Record<RecordedStore, Readonly<Record<string, string>>>> = {
  mms: {
    'bad-bitflip.mar': 'ERR_ENTRY_DATA',
    'bad-empty.mar': 'ERR_NOT_AN_ARCHIVE',
    'bad-noeocd.mar': 'ERR_ARCHIVE_TRUNCATED',
    'bad-random.mar': 'ERR_NOT_AN_ARCHIVE',
    'bad-truncated.mar': 'ERR_ARCHIVE_TRUNCATED',
    'dup-entry.mar': 'ERR_ENTRY_DUPLICATE',
    'prefix-junk.mar': 'ERR_ARCHIVE_PREFIX',
    'slip-abs.mar': 'ERR_ENTRY_PATH',
    'slip.mar': 'ERR_ENTRY_PATH',
    'symlink.mar': 'ERR_ENTRY_LINK_OUT',
  },
  ts: {
    'bad-random.mar': 'ERR_NOT_AN_ARCHIVE',
    'bad-truncated.mar': 'ERR_ARCHIVE_TRUNCATED',
    'slip-abs.mar': 'ERR_ENTRY_PATH',
    'slip.mar': 'ERR_ENTRY_PATH',
  },
};

for (const store of ['mms', 'ts'] as const) {
  test(`the archives recorded with ${store} open, except for the broken and dangerous ones`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mar-peers-'));
    try {
      const refused: Record<string, string> = {};
      for (const [name, path] of recordedArchives(store)) {
        const code = await extractAsUser(path, join(directory, name));
        if (code !== undefined) refused[name] = code;
      }
      assert.equal(refused, REFUSED[store]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

testUnless(missingOwnArchives, test, "the servers' own archives are among them", () => {
  assert.ok(recordedArchives('mms').has('noop.mar') && recordedArchives('ts').has('up-noop.mar'));
});

test.run();
