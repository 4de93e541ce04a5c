import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Archive, ArchiveFormat } from '#archive/archive.js';
import { digestEntries } from '#archive/digest.js';
import { extractArchive } from '#archive/extract.js';
import { openArchive, scanArchive } from '#archive/open.js';
import { forgeTgz } from '../hostile/forge-tar.js';
import { forgeZip } from '../hostile/forge-zip.js';

const LARGE = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251));
const FILES: Readonly<Record<string, Buffer>> = {
  'MAR-INF/MANIFEST.json': Buffer.from('{}'),
  'data/deep/er/é.txt': Buffer.from('text\n'.repeat(1000)),
  'empty.bin': Buffer.alloc(0),
  'weights.bin': LARGE,
};

type Maker = (path: string, files: Readonly<Record<string, Buffer>>) => void;

const asZip =
  (deflate: boolean): Maker =>
  (path, files) =>
    writeFileSync(path, forgeZip(Object.entries(files).map(([name, data]) => ({ name, data, deflate }))));

const asDirectory: Maker = (path, files) => {
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), data);
  }
};

const asTgz =
  (root: string): Maker =>
  (path, files) =>
    writeFileSync(path, forgeTgz(Object.entries(files).map(([name, data]) => ({ name: root + name, data }))));

const KINDS: readonly (readonly [name: string, format: ArchiveFormat, make: Maker])[] = [
  ['stored zip', 'zip', asZip(false)],
  ['deflated zip', 'zip', asZip(true)],
  [
    'zip with a leading ./',
    'zip',
    (path, files) =>
      asZip(true)(path, Object.fromEntries(Object.entries(files).map(([name, data]) => [`./${name}`, data]))),
  ],
  ['tgz', 'tgz', asTgz('')],
  ['tgz with a leading ./', 'tgz', asTgz('./')],
  ["tgz in the peers' layout", 'tgz', asTgz('resnet-152/')],
  ['directory', 'directory', asDirectory],
];

interface Context {
  directory: string;
  archive: Archive;
}

function entryOf(archive: Archive, path: string) {
  const entry = archive.get(path);
  if (entry === undefined) throw new Error(`${path} is not in ${archive.source}`);
  return entry;
}

/** What every implementation of `Archive` has to do, whatever it stands on. */
for (const [name, format, make] of KINDS) {
  const test = suite<Context>(name);

  test.before.each(async (context) => {
    context.directory = mkdtempSync(join(tmpdir(), 'mar-read-'));
    make(join(context.directory, 'archive'), FILES);
    context.archive = await openArchive(join(context.directory, 'archive'));
  });

  test.after.each(async (context) => {
    await context.archive.close();
    rmSync(context.directory, { recursive: true, force: true });
  });

  test('lists its files by path, with their sizes', ({ archive }) => {
    assert.is(archive.format, format);
    const listed = archive.entries.map(({ path, size }) => [path, size]).sort();
    assert.equal(
      listed,
      Object.entries(FILES)
        .map(([path, data]) => [path, data.length])
        .sort(),
    );
    assert.is(archive.get('nothing'), undefined);
    assert.is(archive.get('data'), undefined, 'folders are not entries');
  });

  test('gives content as a stream, as bytes and through walk', async ({ archive }) => {
    for (const [path, data] of Object.entries(FILES)) {
      assert.ok(data.equals(await buffer(await archive.stream(entryOf(archive, path)))), `stream of ${path}`);
      assert.ok(data.equals(await archive.bytes(entryOf(archive, path))), `bytes of ${path}`);
    }
    const seen: string[] = [];
    for await (const { entry, content } of archive.walk()) {
      seen.push(entry.path);
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk);
      assert.ok(FILES[entry.path]?.equals(Buffer.concat(chunks)), `walk over ${entry.path}`);
    }
    assert.equal(
      seen,
      archive.entries.map(({ path }) => path),
    );
  });

  test('walks on when content is left unread', async ({ archive }) => {
    const seen: string[] = [];
    for await (const { entry } of archive.walk()) seen.push(entry.path);
    assert.equal(
      seen,
      archive.entries.map(({ path }) => path),
    );
  });

  test('refuses to hold more than the limit at once', async ({ archive }) => {
    try {
      await archive.bytes(entryOf(archive, 'weights.bin'), 1000);
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code?: string }).code, 'ERR_ENTRY_TOO_LARGE');
    }
  });

  test('reads forward with skips, to the end and not beyond', async ({ archive }) => {
    const reader = await archive.reader(entryOf(archive, 'weights.bin'));
    try {
      assert.is(reader.size, LARGE.length);
      assert.ok(LARGE.subarray(0, 10).equals(await reader.read(10)));
      await reader.skip(1_999_990);
      assert.ok(LARGE.subarray(2_000_000, 2_700_000).equals(await reader.read(700_000)));
      assert.ok(LARGE.subarray(2_700_000).equals(await reader.read(1_000_000)), 'fewer only at the end');
      assert.is((await reader.read(1)).length, 0);
    } finally {
      await reader.close();
    }
  });

  test('can be closed with a reader half way', async ({ archive }) => {
    const reader = await archive.reader(entryOf(archive, 'weights.bin'));
    await reader.read(10);
    await reader.close();
  });

  test('has the same digests as the files', async ({ archive }) => {
    const { createHash } = await import('node:crypto');
    for await (const { entry, sha256 } of digestEntries(archive)) {
      assert.is(
        sha256,
        createHash('sha256')
          .update(FILES[entry.path] ?? '')
          .digest('hex'),
      );
    }
  });

  test('extracts all or nothing', async ({ archive, directory }) => {
    const target = join(directory, 'new', 'target');
    const result = await extractArchive(archive, target);
    assert.is(result.directory, target);
    assert.is(
      result.bytes,
      Object.values(FILES).reduce((sum, data) => sum + data.length, 0),
    );
    for (const [path, data] of Object.entries(FILES)) assert.ok(data.equals(readFileSync(join(target, path))), path);
    assert.equal(readdirSync(join(directory, 'new')), ['target'], 'no temporary directory is left');
  });

  test('keeps what is at the target unless forced', async ({ archive, directory }) => {
    const target = join(directory, 'target');
    mkdirSync(target);
    writeFileSync(join(target, 'mine'), '');
    try {
      await extractArchive(archive, target);
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code?: string }).code, 'ERR_TARGET_EXISTS');
    }
    assert.equal(readdirSync(target), ['mine']);
    try {
      await extractArchive(archive, target, { force: true });
      assert.unreachable();
    } catch (error) {
      assert.match(error instanceof Error ? error.message : '', /files that the archive does not have: mine$/);
    }
    rmSync(join(target, 'mine'));
    await extractArchive(archive, target);
    await extractArchive(archive, target, { force: true });
    assert.equal(readdirSync(directory).sort(), ['archive', 'target']);
  });

  test('leaves nothing when it is aborted', async ({ archive, directory }) => {
    const controller = new AbortController();
    const onEntry = () => controller.abort(new Error('stopped'));
    try {
      await extractArchive(archive, join(directory, 'target'), { signal: controller.signal, onEntry });
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).message, 'stopped');
    }
    assert.equal(readdirSync(directory), ['archive']);
  });

  test('has no problems', async ({ directory }) => {
    const { archive, problems } = await scanArchive(join(directory, 'archive'));
    await archive?.close();
    assert.equal(problems, []);
  });

  test.run();
}

const opening = suite('opening');

opening('knows where a tgz keeps the archive', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-read-'));
  try {
    asTgz('resnet-152/')(join(directory, 'a'), FILES);
    const archive = await openArchive(join(directory, 'a'));
    await archive.close();
    assert.is(archive.root, 'resnet-152');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

opening('says so when there is nothing', async () => {
  try {
    await openArchive(join(tmpdir(), 'no such archive'));
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code?: string }).code, 'ERR_ARCHIVE_NOT_FOUND');
  }
});

opening('does not wait on a pipe', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-read-'));
  try {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    const { problems } = await scanArchive(join(directory, 'pipe'));
    assert.is(problems[0]?.code, 'ERR_NOT_AN_ARCHIVE');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

opening('follows a limit that is given', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-read-'));
  try {
    for (const [index, [name, , make]] of KINDS.entries()) {
      make(join(directory, `${index}`), FILES);
      const { archive, problems } = await scanArchive(join(directory, `${index}`), { limits: { totalBytes: 1000 } });
      await archive?.close();
      assert.is(problems[0]?.code, 'ERR_LIMIT_SIZE', name);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

opening('notices a file that becomes shorter while it is read', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mar-read-'));
  try {
    for (const [name, , make] of KINDS.filter(([kind]) => kind === 'stored zip' || kind === 'directory')) {
      const path = join(directory, name);
      make(path, FILES);
      const archive = await openArchive(path);
      const entry = entryOf(archive, 'weights.bin');
      writeFileSync(name === 'directory' ? join(path, 'weights.bin') : path, 'short');
      try {
        await archive.bytes(entry);
        assert.unreachable();
      } catch (error) {
        const expected = name === 'directory' ? 'ERR_ENTRY_SIZE' : 'ERR_ARCHIVE_CHANGED';
        assert.is((error as { code?: string }).code, expected);
      }
      await archive.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

opening.run();
