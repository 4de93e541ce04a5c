import { crc32, deflateRawSync } from 'node:zlib';

/** Header fields that a local or central header can be made to lie about. */
export interface HeaderFields {
  flags: number;
  method: number;
  crc32: number;
  compressedSize: number;
  size: number;
  name: Buffer;
  extra: Buffer;
}

/** An entry of a forged zip. Everything not said is what an honest writer would put there. */
export interface ForgedEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** Deflates the data. */
  readonly deflate?: boolean;
  /** The bytes put behind the local header in place of the (compressed) data. */
  readonly raw?: Buffer;
  /** Both headers. */
  readonly both?: Partial<HeaderFields>;
  readonly local?: Partial<HeaderFields>;
  readonly central?: Partial<HeaderFields> & { offset?: number; disk?: number; comment?: Buffer; signature?: number };
  /** Unix mode with type bits. */
  readonly mode?: number;
  /** Bytes in front of the local header and behind the data. */
  readonly before?: Buffer;
  readonly after?: Buffer;
  /** Left out of the central directory. */
  readonly hidden?: boolean;
  /** Listed in the central directory only: no local header, no data. */
  readonly listedOnly?: boolean;
}

/** What surrounds the entries. */
export interface ForgedEnd {
  readonly prefix?: Buffer;
  /** Recorded offsets count the prefix (as self-extracting archives have it). */
  readonly adjusted?: boolean;
  /** Between the last entry and the central directory; between that and the end record; behind the end record. */
  readonly beforeDirectory?: Buffer;
  readonly afterDirectory?: Buffer;
  readonly suffix?: Buffer;
  readonly comment?: Buffer;
  readonly commentLength?: number;
  readonly disk?: number;
  readonly count?: number;
  readonly size?: number;
  readonly offset?: number;
  /** Adds a zip64 end record; what is not given is the truth. */
  readonly zip64?: {
    count?: number;
    size?: number;
    offset?: number;
    locator?: number;
    length?: number;
    signature?: number;
  };
}

/** Builds a zip that says exactly what it is told to. */
export function forgeZip(entries: readonly ForgedEntry[], end: ForgedEnd = {}): Buffer {
  const prefix = end.prefix ?? Buffer.alloc(0);
  const base = end.adjusted === true ? 0 : prefix.length;
  const body: Buffer[] = [prefix];
  const directory: Buffer[] = [];
  let at = prefix.length;
  for (const entry of entries) {
    const fields = honestFields(entry);
    const before = entry.before ?? Buffer.alloc(0);
    const offset = at + before.length - base;
    if (entry.listedOnly !== true) {
      const parts = [
        before,
        localHeader({ ...fields, ...entry.both, ...entry.local }),
        content(entry),
        entry.after ?? Buffer.alloc(0),
      ];
      body.push(...parts);
      at += parts.reduce((sum, part) => sum + part.length, 0);
    }
    if (entry.hidden !== true)
      directory.push(centralHeader({ ...fields, ...entry.both, ...entry.central }, entry, offset));
  }
  const beforeDirectory = end.beforeDirectory ?? Buffer.alloc(0);
  const central = Buffer.concat(directory);
  const truth = { count: directory.length, size: central.length, offset: at + beforeDirectory.length - base };
  const tail = [beforeDirectory, central, end.afterDirectory ?? Buffer.alloc(0)];
  const zip64At = at + tail.reduce((sum, part) => sum + part.length, 0);
  if (end.zip64 !== undefined) tail.push(zip64End({ ...truth, ...end.zip64 }, end.zip64, zip64At));
  tail.push(endRecord({ ...truth, ...end }, end), end.suffix ?? Buffer.alloc(0));
  return Buffer.concat([...body, ...tail]);
}

/** One extra field block. */
export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([u16(id), u16(data.length), data]);
}

/** The zip64 extra field with 64-bit values. */
export function zip64Field(...values: number[]): Buffer {
  return extraField(0x0001, Buffer.concat(values.map(u64)));
}

/** A data descriptor as it stands behind streamed data. */
export function descriptor(data: Buffer, compressedSize: number, signed = true): Buffer {
  const signature = signed ? [u32(0x08074b50)] : [];
  return Buffer.concat([...signature, u32(crc32(data)), u32(compressedSize), u32(data.length)]);
}

function content(entry: ForgedEntry): Buffer {
  if (entry.raw !== undefined) return entry.raw;
  const data = Buffer.from(entry.data ?? '');
  return entry.deflate === true ? deflateRawSync(data) : data;
}

function honestFields(entry: ForgedEntry): HeaderFields {
  const data = Buffer.from(entry.data ?? '');
  return {
    flags: 0x0800,
    method: entry.deflate === true ? 8 : 0,
    crc32: crc32(data),
    compressedSize: content(entry).length,
    size: data.length,
    name: Buffer.from(entry.name),
    extra: Buffer.alloc(0),
  };
}

function localHeader(fields: HeaderFields): Buffer {
  return Buffer.concat([
    u32(0x04034b50),
    u16(20),
    u16(fields.flags),
    u16(fields.method),
    u32(0x00210000),
    u32(fields.crc32),
    u32(fields.compressedSize),
    u32(fields.size),
    u16(fields.name.length),
    u16(fields.extra.length),
    fields.name,
    fields.extra,
  ]);
}

function centralHeader(fields: HeaderFields, entry: ForgedEntry, offset: number): Buffer {
  const comment = entry.central?.comment ?? Buffer.alloc(0);
  return Buffer.concat([
    u32(entry.central?.signature ?? 0x02014b50),
    u16((3 << 8) | 20),
    u16(20),
    u16(fields.flags),
    u16(fields.method),
    u32(0x00210000),
    u32(fields.crc32),
    u32(fields.compressedSize),
    u32(fields.size),
    u16(fields.name.length),
    u16(fields.extra.length),
    u16(comment.length),
    u16(entry.central?.disk ?? 0),
    u16(0),
    u32(((entry.mode ?? 0o100644) << 16) >>> 0),
    u32(entry.central?.offset ?? offset),
    fields.name,
    fields.extra,
    comment,
  ]);
}

function endRecord(said: { count: number; size: number; offset: number }, end: ForgedEnd): Buffer {
  const comment = end.comment ?? Buffer.alloc(0);
  return Buffer.concat([
    u32(0x06054b50),
    u16(end.disk ?? 0),
    u16(end.disk ?? 0),
    u16(said.count),
    u16(said.count),
    u32(said.size),
    u32(said.offset),
    u16(end.commentLength ?? comment.length),
    comment,
  ]);
}

function zip64End(
  said: { count: number; size: number; offset: number },
  lies: { locator?: number; length?: number; signature?: number },
  at: number,
): Buffer {
  return Buffer.concat([
    u32(lies.signature ?? 0x06064b50),
    u64(lies.length ?? 44),
    u16(45),
    u16(45),
    u32(0),
    u32(0),
    u64(said.count),
    u64(said.count),
    u64(said.size),
    u64(said.offset),
    u32(0x07064b50),
    u32(0),
    u64(lies.locator ?? at),
    u32(1),
  ]);
}

function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}
