import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SequentialReader } from '#archive/entry-reader.js';
import type { ByteSource } from '../pickle/window.js';

/** A source that is open; close it. */
export interface OpenSource extends ByteSource {
  close(): Promise<void>;
}

/** Bytes that can be read from their beginning as often as needed: an entry, or what something in it unpacks to. */
export interface Content {
  /** Undefined where it is not known before everything is unpacked. */
  readonly size: number | undefined;
  open(): Promise<OpenSource>;
}

/** What something unpacks to at most; more is not followed. */
const MOST_UNPACKED = 2 * 2 ** 30;

/** Something could not be unpacked, for the reason in the message; `isStopped` where a bound of ours ended it. */
export class NotFollowed extends Error {
  readonly isStopped: boolean;

  constructor(message: string, isStopped = false) {
    super(message);
    this.isStopped = isStopped;
  }
}

/** Bytes that are at hand. */
export function contentOf(bytes: Buffer): Content {
  return { size: bytes.length, open: async () => rewound(bytes, undefined) };
}

/** A source with what was read from it in front again. */
export function rewound(head: Buffer, rest: OpenSource | undefined): OpenSource {
  let at = 0;
  return {
    async read(length) {
      if (at >= head.length) return rest === undefined ? Buffer.alloc(0) : rest.read(length);
      const part = head.subarray(at, at + length);
      at += part.length;
      return part;
    },
    async skip(length) {
      const own = Math.min(length, head.length - at);
      at += own;
      if (length > own) await rest?.skip(length - own);
    },
    close: async () => rest?.close(),
  };
}

/** The next `length` bytes of a source, and no more of it. `left` says how many are still there. */
export class Part implements ByteSource {
  left: number;
  readonly #source: ByteSource;

  constructor(source: ByteSource, length: number) {
    this.#source = source;
    this.left = length;
  }

  async read(length: number): Promise<Buffer> {
    if (this.left <= 0) return Buffer.alloc(0);
    const bytes = await this.#source.read(Math.min(length, this.left));
    this.left = bytes.length === 0 ? 0 : this.left - bytes.length;
    return bytes;
  }

  async skip(length: number): Promise<void> {
    const ahead = Math.min(length, this.left);
    this.left -= ahead;
    await this.#source.skip(ahead);
  }
}

/** Exactly `length` bytes, fewer only at the end. */
export async function readFully(source: ByteSource, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let left = length;
  while (left > 0) {
    const chunk = await source.read(left);
    if (chunk.length === 0) break;
    parts.push(chunk);
    left -= chunk.length;
  }
  return Buffer.concat(parts);
}

const STEP = 64 * 1024;

/** All bytes of a source, in chunks. */
export async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let chunk = await source.read(STEP); chunk.length > 0; chunk = await source.read(STEP)) yield chunk;
}

/** What a transform makes of the bytes of a source. */
export function through(source: ByteSource, transform: Transform): SequentialReader {
  return unpacked(transformed(source, transform));
}

/** A reader over unpacked chunks that refuses to go beyond what is followed. */
export function unpacked(chunks: AsyncIterable<Buffer>): SequentialReader {
  return new SequentialReader(Number.POSITIVE_INFINITY, bounded(chunks));
}

/** The chunks that a transform makes of the bytes of a source. */
export async function* transformed(source: ByteSource, transform: Transform): AsyncGenerator<Buffer> {
  let reading: Promise<Buffer> | undefined;
  const read = (length: number): Promise<Buffer> => {
    reading = source.read(length);
    return reading;
  };
  const input = Readable.from(chunksOf({ read, skip: (length) => source.skip(length) }));
  const done = pipeline(input, transform).catch(() => undefined);
  try {
    for await (const chunk of transform) yield chunk;
  } finally {
    input.destroy();
    transform.destroy();
    await done;
    // What was asked for in advance still moves the source: whoever goes on behind this part has to know how far.
    await reading?.catch(() => undefined);
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > MOST_UNPACKED) throw new NotFollowed('it unpacks to more than 2 GiB', true);
    yield chunk;
  }
}
