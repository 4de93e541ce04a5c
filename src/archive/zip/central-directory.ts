import { decodeName, shownName } from '../entry-path.js';
import type { ProblemList } from '../problem.js';
import type { EndRecord } from './end-record.js';
import { extraFields, unicodePath, widened } from './extra-fields.js';
import { FLAG_UTF8 } from './flags.js';

const SIGNATURE = 0x02014b50;
const FIXED_BYTES = 46;

/** One record of the central directory (APPNOTE 4.3.12), zip64 applied; `offset` is from the start of the file. */
export interface CentralRecord {
  /** The name as text; with a trailing slash for a folder. */
  readonly path: string;
  /** The version of the format that a reader needs, ten times: 45 has zip64. Info-ZIP takes the upper byte for the system that it is of. */
  readonly version: number;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
  /** Unix mode, 0 where the writer recorded none. */
  readonly mode: number;
}

/** Reads the records that the end record announces; stops at the first that is not one. */
export function parseDirectory(bytes: Buffer, end: EndRecord, problems: ProblemList): CentralRecord[] {
  const records: CentralRecord[] = [];
  let at = 0;
  for (let index = 0; index < end.count; index += 1) {
    const size = recordBytes(bytes, at);
    if (size === undefined) {
      problems.add('ERR_ARCHIVE_DAMAGED', 'its central directory ends early or is not one', {
        found: `${index} entries`,
        expected: `${end.count} entries`,
      });
      return records;
    }
    const record = parseRecord(bytes.subarray(at, at + size), end.shift, problems);
    if (record !== undefined) records.push(record);
    at += size;
  }
  if (at !== bytes.length) {
    problems.add('ERR_ARCHIVE_DAMAGED', 'its central directory holds more than the announced entries', {
      found: `${bytes.length - at} bytes more`,
      expected: `${end.count} entries`,
    });
  }
  return records;
}

function recordBytes(bytes: Buffer, at: number): number | undefined {
  if (at + FIXED_BYTES > bytes.length || bytes.readUInt32LE(at) !== SIGNATURE) return undefined;
  const variable = bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  return at + FIXED_BYTES + variable > bytes.length ? undefined : FIXED_BYTES + variable;
}

function parseRecord(bytes: Buffer, shift: number, problems: ProblemList): CentralRecord | undefined {
  const nameEnd = FIXED_BYTES + bytes.readUInt16LE(28);
  const name = bytes.subarray(FIXED_BYTES, nameEnd);
  const path = decodeName(name);
  if (path === undefined) {
    const found = shownName(name.toString('latin1'));
    problems.add('ERR_ENTRY_NAME', `the name of entry "${found}" is not UTF-8`, { entry: found });
    return undefined;
  }
  const entry = shownName(path);
  const extra = extraFields(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)));
  if (extra === undefined) {
    problems.add(
      'ERR_ENTRY_HEADER',
      `entry "${entry}" has an extra field with impossible lengths, or one block twice`,
      { entry },
    );
    return undefined;
  }
  const alias = unicodePath(extra);
  if (alias !== undefined && !alias.equals(name)) {
    const found = shownName(alias.toString('utf8'));
    problems.add('ERR_ENTRY_HEADER', `entry "${entry}" carries a second, different name`, { entry, found });
  }
  const isAscii = name.every((byte) => byte < 0x80);
  if (!isAscii && (bytes.readUInt16LE(8) & FLAG_UTF8) === 0 && alias === undefined) {
    problems.add('ERR_ENTRY_NAME_ENCODING', `the name of entry "${entry}" is not marked as UTF-8`, { entry });
  }
  const wide = widened(
    { compressedSize: bytes.readUInt32LE(20), size: bytes.readUInt32LE(24), offset: bytes.readUInt32LE(42) },
    extra,
  );
  if (wide === undefined) {
    problems.add('ERR_ARCHIVE_ZIP64', `entry "${entry}" has zip64 sizes that are missing or contradict its header`, {
      entry,
    });
    return undefined;
  }
  if (bytes.readUInt16LE(34) !== 0 && bytes.readUInt16LE(34) !== 0xffff) {
    problems.add('ERR_ARCHIVE_SPLIT', `entry "${entry}" is in another part of a split zip file`, { entry });
    return undefined;
  }
  return {
    path,
    version: bytes.readUInt16LE(6),
    flags: bytes.readUInt16LE(8),
    method: bytes.readUInt16LE(10),
    crc32: bytes.readUInt32LE(16),
    compressedSize: wide.compressedSize,
    size: wide.size,
    offset: wide.offset + shift,
    mode: bytes.readUInt16LE(40),
  };
}
