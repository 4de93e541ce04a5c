/** What the local and the central header say about one entry. */
export interface ZipRecord {
  /** UTF-8. */
  readonly name: Buffer;
  readonly method: 0 | 8;
  readonly crc32: number;
  readonly size: number;
  readonly compressedSize: number;
  /** Where the local header begins. */
  readonly offset: number;
  /** Permission bits, for example 0o644. */
  readonly mode: number;
  /** MS-DOS date and time, packed into 32 bits. */
  readonly time: number;
  /** The local header carries the 64-bit sizes: decided before the content is written. */
  readonly zip64: boolean;
}

const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;
/** Bit 11: the name is UTF-8. Bit 3 (data descriptor) is never set: Java's stream reader refuses it on stored entries. */
const FLAGS = 0x0800;
/** Upper byte 3: attributes are Unix modes. */
const MADE_BY = (3 << 8) | 45;

/** Seconds since 1970 as MS-DOS date and time in UTC, held to what the format can say (1980 to 2107). */
export function dosTime(seconds: number): number {
  const date = new Date(Math.min(Math.max(seconds * 1000, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31, 23, 59, 58)));
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}

/** APPNOTE 4.3.7. With `zip64` both sizes are in the extra field. */
export function localHeader(record: ZipRecord): Buffer {
  const extra = record.zip64 ? 20 : 0;
  const header = Buffer.alloc(30 + record.name.length + extra);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(record.zip64 ? 45 : 20, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(record.method, 8);
  header.writeUInt32LE(record.time, 10);
  header.writeUInt32LE(record.crc32, 14);
  header.writeUInt32LE(record.zip64 ? MAX_32 : record.compressedSize, 18);
  header.writeUInt32LE(record.zip64 ? MAX_32 : record.size, 22);
  header.writeUInt16LE(record.name.length, 26);
  header.writeUInt16LE(extra, 28);
  record.name.copy(header, 30);
  if (record.zip64) {
    const at = 30 + record.name.length;
    header.writeUInt16LE(0x0001, at);
    header.writeUInt16LE(16, at + 2);
    header.writeBigUInt64LE(BigInt(record.size), at + 4);
    header.writeBigUInt64LE(BigInt(record.compressedSize), at + 12);
  }
  return header;
}

/** APPNOTE 4.3.12. Only the fields that overflow go into the zip64 extra field. */
export function centralHeader(record: ZipRecord): Buffer {
  const large = [record.size, record.compressedSize, record.offset].filter((value) => value >= MAX_32);
  const extra = large.length > 0 ? 4 + large.length * 8 : 0;
  const header = Buffer.alloc(46 + record.name.length + extra);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(record.zip64 || extra > 0 ? 45 : 20, 6);
  header.writeUInt16LE(FLAGS, 8);
  header.writeUInt16LE(record.method, 10);
  header.writeUInt32LE(record.time, 12);
  header.writeUInt32LE(record.crc32, 16);
  header.writeUInt32LE(Math.min(record.compressedSize, MAX_32), 20);
  header.writeUInt32LE(Math.min(record.size, MAX_32), 24);
  header.writeUInt16LE(record.name.length, 28);
  header.writeUInt16LE(extra, 30);
  header.writeUInt32LE(((0o100000 | record.mode) << 16) >>> 0, 38);
  header.writeUInt32LE(Math.min(record.offset, MAX_32), 42);
  record.name.copy(header, 46);
  if (extra > 0) {
    let at = header.writeUInt16LE(extra - 4, header.writeUInt16LE(0x0001, 46 + record.name.length));
    for (const value of large) at = header.writeBigUInt64LE(BigInt(value), at);
  }
  return header;
}

/** APPNOTE 4.3.14 to 4.3.16: the end of the central directory, with the zip64 records where a field overflows. */
export function endRecords(entries: number, start: number, size: number): Buffer {
  const overflows = entries >= MAX_16 || start >= MAX_32 || size >= MAX_32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MAX_16), 8);
  end.writeUInt16LE(Math.min(entries, MAX_16), 10);
  end.writeUInt32LE(Math.min(size, MAX_32), 12);
  end.writeUInt32LE(Math.min(start, MAX_32), 16);
  return overflows ? Buffer.concat([zip64End(entries, start, size), end]) : end;
}

function zip64End(entries: number, start: number, size: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(MADE_BY, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(start + size), 64);
  record.writeUInt32LE(1, 72);
  return record;
}
