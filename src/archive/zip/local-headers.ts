import type { ArchiveFile } from '../archive-file.js';
import { decodeName, shownName } from '../entry-path.js';
import { type ArchiveProblem, type ProblemList, problemOf } from '../problem.js';
import { ReadAhead } from '../read-ahead.js';
import type { CentralRecord } from './central-directory.js';
import { extraFields, unicodePath, widened } from './extra-fields.js';
import {
  FLAG_DESCRIPTOR,
  FLAG_ENCRYPTED,
  FLAG_MASKED,
  FLAG_PATCH,
  FLAG_STRONG_ENCRYPTION,
  FLAG_UTF8,
} from './flags.js';

const SIGNATURE = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const FIXED_BYTES = 30;
/** The flags that change how an entry is read: encryption, descriptor, patch, strong encryption, masked header. */
const MEANINGFUL_FLAGS = FLAG_ENCRYPTED | FLAG_DESCRIPTOR | FLAG_PATCH | FLAG_STRONG_ENCRYPTION | FLAG_MASKED;

/** Where the data of an entry begins; `refused` where it must not be read. */
export interface Place {
  readonly start: number;
  readonly refused: ArchiveProblem | undefined;
}

/**
 * Reads every local header in file order and holds it against the central directory: name, method, flags, CRC, sizes. Also checks
 * that entries lie side by side from `start` to `end` without overlap and without a gap that a stream reader would see.
 * Returns the place of each record's data, undefined where there is none.
 * @param start where the archive begins in the file: 0 or the length of the junk in front
 */
export async function locateRecords(
  file: ArchiveFile,
  records: readonly CentralRecord[],
  start: number,
  end: number,
  problems: ProblemList,
): Promise<(Place | undefined)[]> {
  const window = new Window(file, end);
  const order = [...records.keys()].sort((a, b) => (records[a]?.offset ?? 0) - (records[b]?.offset ?? 0));
  const places = new Array<Place | undefined>(records.length);
  let reached = start;
  for (const [position, index] of order.entries()) {
    const record = records[index];
    if (record === undefined) continue;
    const entry = shownName(record.path);
    const header = await readHeader(window, record, end, problems);
    if (header === undefined) continue;
    const dataEnd = header.dataStart + record.compressedSize;
    if (dataEnd > end) {
      const found = `${record.compressedSize} bytes at ${header.dataStart}`;
      problems.add('ERR_ENTRY_BOUNDS', `entry "${entry}" reaches beyond the entries`, {
        entry,
        found,
        expected: `an end before ${end}`,
      });
      continue;
    }
    const refused = record.offset < reached ? overlap(entry) : undefined;
    if (refused !== undefined) problems.report(refused);
    else if (record.offset > reached) reportGap(reached, record.offset, start, problems);
    const next = records[order[position + 1] ?? -1]?.offset ?? end;
    const descriptor = header.hasDescriptor ? await descriptorBytes(window, record, dataEnd, Math.min(next, end)) : 0;
    if (descriptor === undefined) {
      problems.add('ERR_ENTRY_HEADER', `the data descriptor of entry "${entry}" does not match the central directory`, {
        entry,
      });
    }
    reached = Math.max(reached, dataEnd + (descriptor ?? Math.max(0, Math.min(next, end) - dataEnd)));
    places[index] = { start: header.dataStart, refused };
  }
  if (reached < end) reportGap(reached, end, records.length === 0 ? end : start, problems);
  return places;
}

/** Whoever reads such entries one after the other reads the same bytes again and again: a bomb that needs no recursion. */
function overlap(entry: string): ArchiveProblem {
  return problemOf('ERR_ARCHIVE_OVERLAP', `entry "${entry}" shares its bytes with another entry`, { entry });
}

function reportGap(from: number, to: number, start: number, problems: ProblemList): void {
  if (from === 0 && start === 0) {
    problems.add('ERR_ARCHIVE_PREFIX', 'there is data in front of the first entry', { found: `${to} bytes` });
  } else {
    problems.add('ERR_ARCHIVE_HIDDEN_DATA', 'there is data between the entries that its directory does not list', {
      found: `${to - from} bytes at ${from}`,
    });
  }
}

/** The part of a file that holds the entries, read in file order. */
class Window {
  readonly #bytes: ReadAhead;
  readonly #end: number;

  constructor(file: ArchiveFile, end: number) {
    this.#bytes = new ReadAhead(file, end);
    this.#end = end;
  }

  /** The bytes, or undefined where they would reach beyond the entries. */
  read(start: number, length: number): Buffer | undefined | Promise<Buffer> {
    return start < 0 || start + length > this.#end ? undefined : this.#bytes.read(start, length);
  }
}

interface LocalHeader {
  readonly dataStart: number;
  readonly hasDescriptor: boolean;
}

async function readHeader(
  window: Window,
  record: CentralRecord,
  end: number,
  problems: ProblemList,
): Promise<LocalHeader | undefined> {
  const entry = shownName(record.path);
  const found = window.read(record.offset, FIXED_BYTES);
  const fixed = found instanceof Promise ? await found : found;
  if (fixed === undefined || fixed.readUInt32LE(0) !== SIGNATURE) {
    const facts = { entry, found: `offset ${record.offset}`, expected: `a header before ${end}` };
    problems.add('ERR_ENTRY_BOUNDS', `there is no header of entry "${entry}" at its place`, facts);
    return undefined;
  }
  const nameBytes = fixed.readUInt16LE(26);
  const variableBytes = nameBytes + fixed.readUInt16LE(28);
  const rest = window.read(record.offset + FIXED_BYTES, variableBytes);
  const variable = rest instanceof Promise ? await rest : rest;
  if (variable === undefined) {
    problems.add('ERR_ENTRY_BOUNDS', `the header of entry "${entry}" reaches beyond the entries`, { entry });
    return undefined;
  }
  const hasDescriptor = (fixed.readUInt16LE(6) & FLAG_DESCRIPTOR) !== 0;
  compare(record, fixed, variable.subarray(0, nameBytes), variable.subarray(nameBytes), hasDescriptor, problems);
  return { dataStart: record.offset + FIXED_BYTES + variableBytes, hasDescriptor };
}

function compare(
  record: CentralRecord,
  fixed: Buffer,
  name: Buffer,
  extra: Buffer,
  hasDescriptor: boolean,
  problems: ProblemList,
): void {
  const entry = shownName(record.path);
  const differs = (what: string, found: string | number, expected: string | number): void => {
    const message = `the two headers of entry "${entry}" disagree about its ${what}`;
    problems.add('ERR_ENTRY_HEADER', message, { entry, found, expected });
  };
  if (decodeName(name) !== record.path) differs('name', shownName(name.toString('utf8')), entry);
  const flags = fixed.readUInt16LE(6) & MEANINGFUL_FLAGS;
  if (flags !== (record.flags & MEANINGFUL_FLAGS)) differs('flags', flags, record.flags & MEANINGFUL_FLAGS);
  const isUtf8 = (bits: number): string => ((bits & FLAG_UTF8) === 0 ? 'not UTF-8' : 'UTF-8');
  const [local8, central8] = [isUtf8(fixed.readUInt16LE(6)), isUtf8(record.flags)];
  if (local8 !== central8 && name.some((byte) => byte >= 0x80)) differs('character set', local8, central8);
  if (fixed.readUInt16LE(8) !== record.method) differs('compression method', fixed.readUInt16LE(8), record.method);
  const fields = extraFields(extra);
  if (fields === undefined) {
    differs('extra field', 'impossible lengths, or one block twice', 'a list of fields');
    return;
  }
  const alias = unicodePath(fields);
  if (alias !== undefined && decodeName(alias) !== record.path)
    differs('name', shownName(alias.toString('utf8')), entry);
  const sizes = widened({ compressedSize: fixed.readUInt32LE(18), size: fixed.readUInt32LE(22) }, fields);
  if (sizes === undefined) {
    differs('zip64 sizes', 'none or contradicting ones', record.size);
    return;
  }
  const pairs = [
    ['CRC-32', fixed.readUInt32LE(14), record.crc32],
    ['compressed size', sizes.compressedSize, record.compressedSize],
    ['size', sizes.size, record.size],
  ] as const;
  for (const [what, local, central] of pairs) {
    // With a descriptor behind the data, zero means "not known yet".
    if (local !== central && !(hasDescriptor && local === 0)) differs(what, local, central);
  }
}

/**
 * Length of the data descriptor (APPNOTE 4.3.9) behind the data, or undefined when none there matches. It comes with or without
 * a signature and with sizes of 4 or 8 bytes; where several readings match, the one that ends at `limit` is meant.
 */
async function descriptorBytes(
  window: Window,
  record: CentralRecord,
  dataEnd: number,
  limit: number,
): Promise<number | undefined> {
  const room = Math.max(0, limit - dataEnd);
  const bytes = (await window.read(dataEnd, Math.min(24, room))) ?? Buffer.alloc(0);
  const signed = bytes.length >= 4 && bytes.readUInt32LE(0) === DESCRIPTOR;
  const lengths: number[] = [];
  for (const at of signed ? [4, 0] : [0]) {
    for (const width of [4, 8]) if (matches(bytes, at, width, record)) lengths.push(at + 4 + 2 * width);
  }
  return lengths.includes(room) ? room : lengths[0];
}

function matches(bytes: Buffer, at: number, width: number, record: CentralRecord): boolean {
  if (bytes.length < at + 4 + 2 * width) return false;
  const sizeAt = (position: number): number =>
    width === 4 ? bytes.readUInt32LE(position) : Number(bytes.readBigUInt64LE(position));
  const [crc, compressed, size] = [bytes.readUInt32LE(at), sizeAt(at + 4), sizeAt(at + 4 + width)];
  return crc === record.crc32 && compressed === record.compressedSize && size === record.size;
}
