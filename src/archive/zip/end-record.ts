import type { ArchiveFile } from '../archive-file.js';
import type { ProblemList } from '../problem.js';

const END = Buffer.from('PK\x05\x06', 'latin1');
const END_BYTES = 22;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const MAX_COMMENT = 0xffff;

/** Where a zip says its central directory is. All numbers are bytes from the start of the file, checked against its size. */
export interface EndRecord {
  readonly directoryStart: number;
  readonly directoryBytes: number;
  readonly count: number;
  /** Bytes of junk in front of the archive: what has to be added to every recorded offset. */
  readonly shift: number;
  /** Where the end record itself begins. */
  readonly endStart: number;
}

/** The end of central directory record, with its zip64 form (APPNOTE 4.3.14 to 4.3.16). Undefined: no directory to read. */
export async function readEndRecord(file: ArchiveFile, problems: ProblemList): Promise<EndRecord | undefined> {
  const tailBytes = Math.min(file.size, END_BYTES + MAX_COMMENT + LOCATOR_BYTES + END64_BYTES);
  const tailStart = file.size - tailBytes;
  const tail = await file.read(tailStart, tailBytes);
  const at = findEnd(tail, problems);
  if (at === undefined) {
    problems.add('ERR_ARCHIVE_TRUNCATED', 'it starts like a zip file, but its end record is missing');
    return undefined;
  }
  const plain = {
    disk: tail.readUInt16LE(at + 4),
    directoryDisk: tail.readUInt16LE(at + 6),
    countHere: tail.readUInt16LE(at + 8),
    count: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const located = await locateEnd64(file, tailStart + at, tail, at, problems);
  if (located === 'broken') return undefined;
  const { count, bytes, offset, split, endStart } =
    located === undefined
      ? { ...plain, split: isSplit(plain), endStart: tailStart + at }
      : agreed(plain, located, problems);
  if (split) {
    problems.add('ERR_ARCHIVE_SPLIT', 'it is one part of a zip file split over several files');
    return undefined;
  }
  const room = endStart - bytes - offset;
  if (room < 0) {
    problems.add('ERR_ARCHIVE_DAMAGED', 'its central directory does not fit before its end record', {
      found: `${bytes} bytes at ${offset}`,
      expected: `an end at ${endStart}`,
    });
    return undefined;
  }
  if (located !== undefined && located.moved !== 0 && located.moved !== room) {
    problems.add('ERR_ARCHIVE_ZIP64', 'its zip64 end record is not where its locator says', { found: located.moved });
  }
  const shift = room === 0 ? 0 : await shiftOf(file, { count, bytes, offset, room }, problems);
  return { directoryStart: offset + shift, directoryBytes: bytes, count, shift, endStart: tailStart + at };
}

const DIRECTORY = 0x02014b50;

/** Tells junk in front of the archive (all offsets are off by its length) from bytes between directory and end record. */
async function shiftOf(
  file: ArchiveFile,
  end: { count: number; bytes: number; offset: number; room: number },
  problems: ProblemList,
): Promise<number> {
  const found = `${end.room} bytes`;
  const moved =
    end.count > 0 && end.bytes >= 4 && (await file.read(end.offset + end.room, 4)).readUInt32LE(0) === DIRECTORY;
  if (moved) problems.add('ERR_ARCHIVE_PREFIX', 'there is data in front of the first entry', { found });
  else problems.add('ERR_ARCHIVE_HIDDEN_DATA', 'there is data that its directory does not list', { found });
  return moved ? end.room : 0;
}

/** The last end record whose comment ends with the file; failing that, the last one that has its fixed part. */
function findEnd(tail: Buffer, problems: ProblemList): number | undefined {
  let fallback: number | undefined;
  for (let at = tail.lastIndexOf(END); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(END, at - 1)) {
    if (at + END_BYTES > tail.length) continue;
    const end = at + END_BYTES + tail.readUInt16LE(at + 20);
    if (end === tail.length) {
      if (tail.indexOf(END, at + END_BYTES) >= 0) {
        problems.add(
          'ERR_ARCHIVE_AMBIGUOUS',
          'its comment holds a second end record, so readers disagree about its content',
        );
      }
      return at;
    }
    fallback ??= at;
  }
  if (fallback === undefined) return undefined;
  const after = tail.length - fallback - END_BYTES - tail.readUInt16LE(fallback + 20);
  if (after > 0)
    problems.add('ERR_ARCHIVE_TRAILING', 'there is data behind the end of the archive', { found: `${after} bytes` });
  else problems.add('ERR_ARCHIVE_TRUNCATED', 'its comment is cut off', { found: `${-after} bytes missing` });
  return fallback;
}

interface End64 {
  readonly split: boolean;
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
  readonly endStart: number;
  /** How far from the place that the locator names. */
  readonly moved: number;
}

/** Python looks for this record right in front of the locator, whatever the locator says: with room behind it there can be two. */
function reportRoom(length: number, problems: ProblemList): void {
  problems.add(
    'ERR_ARCHIVE_AMBIGUOUS',
    'its zip64 end record has data behind it, so readers disagree about its content',
    {
      found: `${length} bytes`,
      expected: END64_BYTES,
    },
  );
}

interface PlainEnd {
  readonly disk: number;
  readonly directoryDisk: number;
  readonly countHere: number;
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}

function isSplit(end: PlainEnd): boolean {
  return end.disk !== 0 || end.directoryDisk !== 0 || end.countHere !== end.count;
}

async function locateEnd64(
  file: ArchiveFile,
  end: number,
  tail: Buffer,
  at: number,
  problems: ProblemList,
): Promise<End64 | undefined | 'broken'> {
  const locator = at - LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR) return undefined;
  const recorded = Number(tail.readBigUInt64LE(locator + 8));
  const limit = end - LOCATOR_BYTES - END64_BYTES;
  // Junk in front of an archive moves the record: it is then found where it belongs, right before its locator.
  for (const start of new Set([recorded, limit])) {
    if (start < 0 || start > limit) continue;
    const record = await file.read(start, END64_BYTES);
    if (record.readUInt32LE(0) !== END64) continue;
    const length = Number(record.readBigUInt64LE(4)) + 12;
    if (start + length !== end - LOCATOR_BYTES) continue;
    if (length !== END64_BYTES) reportRoom(length, problems);
    const [count, bytes, offset] = [32, 40, 48].map((field) => Number(record.readBigUInt64LE(field)));
    if (count === undefined || bytes === undefined || offset === undefined) continue;
    const split = record.readUInt32LE(16) !== 0 || record.readUInt32LE(20) !== 0 || tail.readUInt32LE(locator + 16) > 1;
    return { split, count, bytes, offset, endStart: start, moved: start - recorded };
  }
  problems.add('ERR_ARCHIVE_ZIP64', 'its zip64 end record is not where its locator says', { found: recorded });
  return 'broken';
}

/** The zip64 record, after checking that the plain record says the same wherever it does not defer to it. */
function agreed(plain: PlainEnd, end: End64, problems: ProblemList): End64 {
  const pairs = [
    ['entry count', plain.count, 0xffff, end.count],
    ['directory size', plain.bytes, 0xffffffff, end.bytes],
    ['directory offset', plain.offset, 0xffffffff, end.offset],
  ] as const;
  for (const [field, short, deferred, long] of pairs) {
    if (short !== deferred && short !== long) {
      problems.add('ERR_ARCHIVE_ZIP64', `its two end records disagree about the ${field}`, {
        found: short,
        expected: long,
      });
    }
  }
  return end;
}
