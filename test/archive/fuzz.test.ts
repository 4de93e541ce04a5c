import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkEntryPath } from '#archive/entry-path.js';
import { openArchive, scanArchive } from '#archive/open.js';
import { ArchiveError, ProblemList } from '#archive/problem.js';
import { forgeTgz } from '../hostile/forge-tar.js';
import { descriptor, forgeZip } from '../hostile/forge-zip.js';

const directory = mkdtempSync(join(tmpdir(), 'mar-fuzz-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const TEXT = Buffer.from('the same words again and again, '.repeat(40));
const FILES = { 'MAR-INF/MANIFEST.json': Buffer.from('{}'), 'a/b.txt': TEXT, empty: Buffer.alloc(0) };
const STREAMED = { flags: 0x0808, crc32: 0, size: 0, compressedSize: 0 };

const SEEDS: Readonly<Record<string, Buffer>> = {
  stored: forgeZip(Object.entries(FILES).map(([name, data]) => ({ name, data }))),
  deflated: forgeZip(
    Object.entries(FILES).map(([name, data]) => ({ name, data, deflate: true })),
    { comment: TEXT },
  ),
  zip64: forgeZip([{ name: 'a', data: TEXT }], { zip64: {} }),
  streamed: forgeZip([
    { name: 'a', both: { flags: 0x0808 }, local: STREAMED, deflate: true, after: descriptor(Buffer.alloc(0), 2) },
  ]),
  tgz: forgeTgz(Object.entries(FILES).map(([name, data]) => ({ name, data }))),
};

/** Reads everything there is to read. Returns what was read, or undefined when it was refused in the proper way. */
async function readAll(bytes: Buffer): Promise<Record<string, Buffer> | undefined> {
  const path = join(directory, 'archive');
  writeFileSync(path, bytes);
  try {
    const { archive: scanned } = await scanArchive(path);
    await scanned?.close();
    const archive = await openArchive(path);
    try {
      const contents: Record<string, Buffer> = {};
      for (const entry of archive.entries) contents[entry.path] = await archive.bytes(entry);
      return contents;
    } finally {
      await archive.close();
    }
  } catch (error) {
    if (error instanceof ArchiveError) return undefined;
    throw error;
  }
}

for (const [name, seed] of Object.entries(SEEDS)) {
  test(`${name}: the seed itself is read`, async () => assert.ok(await readAll(seed)));

  test(`${name}: cut anywhere, it is refused`, async () => {
    for (let length = 0; length < seed.length; length += 7) {
      assert.is(await readAll(seed.subarray(0, length)), undefined, `${length} of ${seed.length} bytes`);
    }
  });

  test(`${name}: with bytes changed, it is read or refused, and nothing else happens`, async () => {
    const change = fc.record({ at: fc.nat(seed.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(seed);
        for (const { at, to } of changes) bytes[at] = to;
        await readAll(bytes);
      }),
      { numRuns: 300 },
    );
  });

  test(`${name}: with a run of bytes taken out or put in, it is read or refused`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(seed.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }), async (at, taken, put) => {
        await readAll(Buffer.concat([seed.subarray(0, at), put, seed.subarray(at + taken)]));
      }),
      { numRuns: 200 },
    );
  });
}

test('whatever is put into an archive comes out of it', async () => {
  const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,3}$/).map((text) => `${text}.bin`);
  const files = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 2000 })), {
    selector: ([path]) => path,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(files, fc.boolean(), async (listed, deflate) => {
      const entries = listed.map(([path, data]) => ({ name: path, data: Buffer.from(data), deflate }));
      const expected = Object.fromEntries(entries.map(({ name: path, data }) => [path, data]));
      assert.equal(await readAll(forgeZip(entries)), expected);
      if (entries.length > 0) assert.equal(await readAll(forgeTgz(entries)), expected);
    }),
    { numRuns: 60 },
  );
});

test('a path that is called safe stays inside, whatever it is made of', () => {
  const piece = fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '\0', '\u202e', ' ', '...', 'é');
  const path = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(path, (text) => {
      if (!checkEntryPath(text, new ProblemList())) return;
      const steps = relative('/target', join('/target', text));
      const inside = steps !== '' && steps !== '..' && !steps.startsWith('../') && !isAbsolute(steps);
      assert.ok(inside, JSON.stringify(text));
      assert.is(steps, text, 'and has one spelling');
    }),
    { numRuns: 3000 },
  );
});

test('nothing is left beside the archive', () => assert.equal(readdirSync(directory), ['archive']));

test.run();
