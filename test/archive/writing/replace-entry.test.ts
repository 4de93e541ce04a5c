import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extractFile } from '#archive/extract-file.js';
import { openArchive } from '#archive/open.js';
import { replaceEntry } from '#archive/writing/replace-entry.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { type Folder, inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const FILES = { 'MAR-INF/MANIFEST.json': '{}', 'a/b.txt': 'b', record: 'old' };

async function contentsOf(path: string): Promise<Record<string, string>> {
  const archive = await openArchive(path);
  const found: Record<string, string> = {};
  for await (const { entry, content } of archive.walk()) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    found[entry.path] = Buffer.concat(pieces).toString();
  }
  await archive.close();
  return found;
}

/** The same files as a zip, a directory, and a gzipped tar with and without a folder. */
function lay({ path, write }: Folder): void {
  const entries = Object.entries(FILES);
  write({ 'x.mar': forgeZip(entries.map(([name, data], index) => ({ name, data, deflate: index === 1 }))) });
  write(Object.fromEntries(entries.map(([name, data]) => [`m/${name}`, data])));
  execFileSync('tar', ['-czf', join(path, 'x.tar.gz'), '-C', path, 'm']);
  execFileSync('tar', ['-czf', join(path, 'flat.tar.gz'), '-C', join(path, 'm'), ...Object.keys(FILES)]);
}

test(
  'an entry is put in the place of the one of its name, or beside the others, and nothing else changes',
  inFolder({}, async (folder) => {
    lay(folder);
    for (const name of ['x.mar', 'm', 'x.tar.gz']) {
      const path = join(folder.path, name);
      await replaceEntry(path, 'record', Buffer.from('new'));
      await replaceEntry(path, 'MAR-INF/more.json', Buffer.from('more'));
      assert.equal(await contentsOf(path), { ...FILES, record: 'new', 'MAR-INF/more.json': 'more' }, name);
    }
    const zip = await openArchive(join(folder.path, 'x.mar'));
    assert.equal(
      zip.entries.map((entry) => [entry.path, entry.compression]),
      [
        ['MAR-INF/MANIFEST.json', 'store'],
        ['a/b.txt', 'deflate'],
        ['record', 'store'],
        ['MAR-INF/more.json', 'deflate'],
      ],
    );
    await zip.close();
    assert.equal(readdirSync(folder.path).sort(), ['flat.tar.gz', 'm', 'x.mar', 'x.tar.gz']);
  }),
);

test(
  'a gzipped tar without a folder is refused and stays as it is',
  inFolder({}, async (folder) => {
    lay(folder);
    const path = join(folder.path, 'flat.tar.gz');
    const before = readFileSync(path);
    const { message } = await rejectsWith('ERR_USAGE', () => replaceEntry(path, 'record', Buffer.from('new')));
    assert.match(message, /flat\.tar\.gz is a gzipped tar without a folder/);
    assert.ok(readFileSync(path).equals(before));
  }),
);

test(
  'an archive is extracted to a directory named like it in the given one, and its file is closed',
  inFolder({}, async (folder) => {
    lay(folder);
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const { directory } = await extractFile(join(folder.path, 'x.mar'), undefined, { cwd: join(folder.path, 'm') });
    assert.is(directory, join(folder.path, 'm/x'));
    assert.is(readFileSync(join(directory, 'a/b.txt'), 'utf8'), 'b');
    assert.is(descriptors(), before);
  }),
);

test.run();
