import { crc32 } from 'node:zlib';
import type { ArchiveEntry } from './archive.js';
import { ArchiveError, type ProblemCode, problemOf } from './problem.js';

/** Passes an entry's content through and fails as soon as it is longer, and at the end if it is shorter or has another CRC. */
export async function* verified(
  source: string,
  entry: ArchiveEntry,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const sums = new Sums(source, entry);
  for await (const chunk of content) {
    sums.add(chunk);
    yield chunk;
  }
  sums.check();
}

/** What an entry's content comes to so far, held against what its archive says. */
export class Sums {
  readonly #source: string;
  readonly #entry: ArchiveEntry;
  #size = 0;
  #crc = 0;

  /** `source` is the archive's name in messages. */
  constructor(source: string, entry: ArchiveEntry) {
    this.#source = source;
    this.#entry = entry;
  }

  /** Counts a chunk in; throws `ERR_ENTRY_SIZE` as soon as there is more than was announced. */
  add(chunk: Buffer): void {
    const { size, crc32: recorded } = this.#entry;
    this.#size += chunk.length;
    if (this.#size > size) throw this.tooLong();
    if (recorded !== undefined) this.#crc = crc32(chunk, this.#crc);
  }

  /** At the end of the content; throws `ERR_ENTRY_SIZE` where it is shorter and `ERR_ENTRY_CRC` where it is another one. */
  check(): void {
    const { size, crc32: recorded } = this.#entry;
    if (this.#size !== size)
      throw this.#fault('ERR_ENTRY_SIZE', 'holds less than was announced', `${this.#size} bytes`, size);
    if (recorded !== undefined && this.#crc !== recorded)
      throw this.#fault('ERR_ENTRY_CRC', 'does not match its CRC-32', hex(this.#crc), hex(recorded));
  }

  /** For content that is known to be longer without having been seen. */
  tooLong(): ArchiveError {
    const { size } = this.#entry;
    return this.#fault('ERR_ENTRY_SIZE', 'holds more than was announced', `over ${size} bytes`, size);
  }

  #fault(code: ProblemCode, reason: string, found: string, expected: string | number): ArchiveError {
    const { path } = this.#entry;
    return new ArchiveError(
      this.#source,
      problemOf(code, `entry "${path}" ${reason}`, { entry: path, found, expected }),
    );
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
