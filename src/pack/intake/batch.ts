import type { Content } from '../content.js';
import type { FoundFile, SourceFile } from '../source-file.js';

/**
 * What was seen of some files, in few pieces of memory: twenty thousand small objects would cost more than the files, and
 * could not be handed to another thread.
 */
export interface Batch {
  /** For each file: size, mtime, flags, CRC-32, and where its content ends in `data`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** 64 hex digits for each file, blanks where it was not kept. */
  readonly digests: string;
  /** The contents that were kept, one after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
}

const NUMBERS = 5;
const [EXECUTABLE, KEPT, DEFLATED, SUSPECT] = [1, 2, 4, 8];
const NO_DIGEST = ' '.repeat(64);

/** Makes one batch after the other. */
export class BatchRecorder {
  #numbers = new Float64Array();
  #next = 0;
  #digests = '';
  #data = new Uint8Array(64 * 1024);
  #filled = 0;

  /** Begins a batch of so many files. */
  begin(files: number): void {
    this.#numbers = new Float64Array(files * NUMBERS);
    this.#next = 0;
    this.#digests = '';
    this.#filled = 0;
  }

  /** Adds a file; its content is copied. */
  add({ size, mtimeMs, executable }: SourceFile, kept: Content | undefined): void {
    let flags = executable ? EXECUTABLE : 0;
    if (kept !== undefined) {
      flags |= KEPT | (kept.method === 'deflate' ? DEFLATED : 0) | (kept.suspect ? SUSPECT : 0);
      this.#append(kept.data);
    }
    const [numbers, at] = [this.#numbers, this.#next];
    numbers[at] = size;
    numbers[at + 1] = mtimeMs;
    numbers[at + 2] = flags;
    numbers[at + 3] = kept?.crc32 ?? 0;
    numbers[at + 4] = this.#filled;
    this.#next += NUMBERS;
    this.#digests += kept?.sha256 ?? NO_DIGEST;
  }

  /** The batch of what was added. */
  finish(): Batch {
    return { numbers: this.#numbers, digests: this.#digests, data: this.#data.slice(0, this.#filled) };
  }

  #append(data: Buffer): void {
    if (this.#filled + data.length > this.#data.length) {
      const larger = new Uint8Array(Math.max(this.#data.length * 2, this.#filled + data.length));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data.set(data, this.#filled);
    this.#filled += data.length;
  }
}

/** The files of a batch; `found` are those that it was read from. */
export function filesIn(batch: Batch, found: readonly FoundFile[]): SourceFile[] {
  return found.map((file, index) => new TakenFile(file, batch, index));
}

/** One file of a batch. */
class TakenFile implements SourceFile {
  readonly path: string;
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly executable: boolean;
  readonly suspect: boolean;
  readonly #batch: Batch;
  readonly #index: number;

  constructor({ path, file }: FoundFile, batch: Batch, index: number) {
    const { numbers } = batch;
    const at = index * NUMBERS;
    const flags = numbers[at + 2] ?? 0;
    this.path = path;
    this.file = file;
    this.size = numbers[at] ?? 0;
    this.mtimeMs = numbers[at + 1] ?? 0;
    this.executable = (flags & EXECUTABLE) !== 0;
    this.suspect = (flags & KEPT) === 0 || (flags & SUSPECT) !== 0;
    this.#batch = batch;
    this.#index = index;
  }

  get kept(): Content | undefined {
    const { numbers, digests, data } = this.#batch;
    const at = this.#index * NUMBERS;
    const flags = numbers[at + 2] ?? 0;
    if ((flags & KEPT) === 0) return undefined;
    const start = this.#index === 0 ? 0 : (numbers[at - 1] ?? 0);
    return {
      method: (flags & DEFLATED) === 0 ? 'store' : 'deflate',
      data: Buffer.from(data.buffer, start, (numbers[at + 4] ?? 0) - start),
      size: this.size,
      crc32: numbers[at + 3] ?? 0,
      sha256: digests.slice(this.#index * 64, (this.#index + 1) * 64),
      suspect: this.suspect,
    };
  }
}
