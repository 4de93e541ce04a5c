import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findArchives } from '#check/find-archives.js';

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

test.run();
