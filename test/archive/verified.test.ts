import { crc32 } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveEntry } from '#archive/archive.js';
import { ArchiveError } from '#archive/problem.js';
import { Sums, verified } from '#archive/verified.js';

const TEXT = Buffer.from('abcdef');
const ENTRY: ArchiveEntry = { path: 'x/y', size: 6, compressedSize: 6, compression: 'store', crc32: crc32(TEXT) };

/** The chunks that come through before the end or the fault, and what is wrong: code, words, what was found and expected. */
async function passed(entry: ArchiveEntry, ...texts: readonly string[]): Promise<unknown[]> {
  async function* content(): AsyncGenerator<Buffer> {
    for (const text of texts) yield Buffer.from(text);
  }
  const seen: string[] = [];
  try {
    for await (const chunk of verified('x.mar', entry, content())) seen.push(String(chunk));
    return seen;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const { code, message, entry: about, found, expected } = error.problem;
    return [...seen, code, message, about, found, expected];
  }
}

test('content of the announced size and CRC-32 passes, in however many chunks', async () => {
  assert.equal(await passed(ENTRY, 'abcdef'), ['abcdef']);
  assert.equal(await passed(ENTRY, 'a', '', 'bcde', 'f'), ['a', '', 'bcde', 'f']);
  assert.equal(await passed({ ...ENTRY, size: 0, crc32: 0 }), []);
  const { crc32: _, ...plain } = ENTRY;
  assert.equal(await passed(plain, 'other!'), ['other!'], 'where no CRC-32 is recorded, none is asked for');
});

test('too much fails before it is handed out, too little and another content at the end', async () => {
  assert.equal(await passed(ENTRY, 'abcde', 'fg', 'h'), [
    'abcde',
    'ERR_ENTRY_SIZE',
    'entry "x/y" holds more than was announced',
    'x/y',
    'over 6 bytes',
    '6',
  ]);
  assert.equal(await passed(ENTRY, 'abc', 'de'), [
    'abc',
    'de',
    'ERR_ENTRY_SIZE',
    'entry "x/y" holds less than was announced',
    'x/y',
    '5 bytes',
    '6',
  ]);
  assert.equal(await passed({ ...ENTRY, crc32: 0xbeef }, 'abc', 'def'), [
    'abc',
    'def',
    'ERR_ENTRY_CRC',
    'entry "x/y" does not match its CRC-32',
    'x/y',
    `0x${crc32(TEXT).toString(16).padStart(8, '0')}`,
    '0x0000beef',
  ]);
  const unseen = new Sums('x.mar', ENTRY).tooLong();
  assert.equal(
    [unseen.code, unseen.message],
    ['ERR_ENTRY_SIZE', 'x.mar: entry "x/y" holds more than was announced (found over 6 bytes, expected 6)'],
  );
});

test.run();
