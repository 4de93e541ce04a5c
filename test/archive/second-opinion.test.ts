import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchiveFile } from '#archive/archive-file.js';
import { scanArchive } from '#archive/open.js';
import { ProblemList } from '#archive/problem.js';
import { type CentralRecord, parseDirectory } from '#archive/zip/central-directory.js';
import { type EndRecord, readEndRecord } from '#archive/zip/end-record.js';
import { compareListings } from '#archive/zip/second-opinion.js';
import { validate } from '#index.js';
import { descriptor, forgeZip } from '../hostile/forge-zip.js';

interface Listing {
  file: ArchiveFile;
  end: EndRecord;
  records: CentralRecord[];
  directory: string;
}

const test = suite<Listing>('second opinion');

test.before.each(async (context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'mar-opinion-'));
  const path = join(context.directory, 'a.mar');
  const entries = ['a', 'b/', 'b/c', 'é'].map((name) => ({ name, data: name.endsWith('/') ? '' : name }));
  writeFileSync(path, forgeZip(entries, { comment: Buffer.alloc(300, 'c') }));
  const problems = new ProblemList();
  context.file = await ArchiveFile.open(path);
  const end = await readEndRecord(context.file, problems);
  if (end === undefined) throw new Error('the archive is sound');
  context.end = end;
  context.records = parseDirectory(await context.file.read(end.directoryStart, end.directoryBytes), end, problems);
  assert.is(context.records.length, 4);
});

test.after.each(async ({ file, directory }) => {
  await file.close();
  rmSync(directory, { recursive: true, force: true });
});

async function disputes({ file, end }: Listing, records: readonly CentralRecord[]): Promise<string[]> {
  const problems = new ProblemList();
  await compareListings(file, end, records, problems);
  assert.ok(problems.found.every(({ code }) => code === 'ERR_ARCHIVE_DISPUTED'));
  return problems.found.map(({ message }) => message);
}

test('agrees with our own listing', async (listing) => {
  assert.equal(await disputes(listing, listing.records), []);
});

for (const [what, change] of [
  ['name', { path: 'other' }],
  ['size', { size: 7 }],
  ['compressed size', { compressedSize: 7 }],
  ['place', { offset: 7 }],
  ['CRC-32', { crc32: 7 }],
] as const) {
  test(`notices another ${what}`, async (listing) => {
    const doctored = listing.records.map((record, index) => (index === 2 ? { ...record, ...change } : record));
    const messages = await disputes(listing, doctored);
    assert.is(messages.length, 1);
    assert.match(messages[0] ?? '', new RegExp(`disagree about the ${what} of entry`));
  });
}

for (const [what, after] of [
  ['the end of the file', []],
  [
    'a later descriptor',
    [{ name: 'later', data: 'text', both: { flags: 0x0808 }, after: descriptor(Buffer.from('text'), 4) }],
  ],
] as const) {
  test(`really disagrees about an empty entry whose descriptor has no signature: unzipper reads on, to ${what}`, async ({
    directory,
  }) => {
    const empty = { name: 'empty', both: { flags: 0x0808 }, after: descriptor(Buffer.alloc(0), 0, false) };
    const path = join(directory, 'b.mar');
    writeFileSync(path, forgeZip([empty, { name: 'other', data: 'x'.repeat(100) }, ...after]));
    const { archive, problems } = await scanArchive(path);
    await archive?.close();
    const disputed = problems.filter(({ code }) => code === 'ERR_ARCHIVE_DISPUTED');
    assert.equal(
      disputed.map(({ message, expected }) => [message, expected]),
      [['two readers disagree about the content of entry "empty"', 'nothing']],
    );
    const { archives } = await validate([path]);
    assert.ok(archives[0]?.findings.some(({ rule }) => rule === 'MAR136'));
  });
}

test('agrees about an empty entry whose descriptor has its signature', async ({ directory }) => {
  const empty = { name: 'empty', both: { flags: 0x0808 }, after: descriptor(Buffer.alloc(0), 0) };
  const path = join(directory, 'b.mar');
  writeFileSync(path, forgeZip([empty, { name: 'other', data: 'x'.repeat(100) }]));
  const { archive, problems } = await scanArchive(path);
  await archive?.close();
  assert.equal(
    problems.map(({ code }) => code),
    ['ERR_ENTRY_DESCRIPTOR'],
  );
});

test('notices an entry that is missing', async (listing) => {
  assert.equal(await disputes(listing, listing.records.slice(1)), ['two readers list a different number of entries']);
});

test('takes a listing that fails as a dispute', async (listing) => {
  const end = { ...listing.end, endStart: listing.end.endStart + 1 };
  assert.equal(await disputes({ ...listing, end }, listing.records), ['another reader cannot list it']);
});

test.run();
