import type { FileHandle } from 'node:fs/promises';

const BUFFER = 1024 * 1024;
/** Pieces from this size on are written from where they are instead of being copied. */
const LARGE = 256 * 1024;

/**
 * A file that is written from front to back, with corrections to what was written before. Small pieces are gathered;
 * a large one is handed to the system while the caller goes on, and must stay untouched until the next call returns.
 */
export class OutputFile {
  readonly #handle: FileHandle;
  readonly #buffer = Buffer.allocUnsafe(BUFFER);
  #filled = 0;
  #written = 0;
  #pending: Promise<unknown> = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Bytes appended so far. */
  get position(): number {
    return this.#written + this.#filled;
  }

  /**
   * Appends pieces: at once where there is room in memory, else the call returns a promise. After it the writing of a large
   * piece still goes on.
   */
  append(...pieces: readonly Buffer[]): Promise<void> | undefined {
    let size = 0;
    for (const piece of pieces) size += piece.length;
    if (size >= LARGE || size > BUFFER - this.#filled) return this.#appendEach(pieces);
    for (const piece of pieces) this.#keep(piece);
    return undefined;
  }

  async #appendEach(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length >= LARGE || piece.length > BUFFER - this.#filled) await this.flush();
      if (piece.length >= LARGE) this.#writeOn(piece);
      else this.#keep(piece);
    }
  }

  #keep(piece: Buffer): void {
    this.#buffer.set(piece, this.#filled);
    this.#filled += piece.length;
  }

  #writeOn(piece: Buffer): void {
    this.#pending = writeAll(this.#handle, piece, this.#written);
    this.#pending.catch(() => {});
    this.#written += piece.length;
  }

  /** Replaces bytes that were appended before. */
  async patch(piece: Buffer, position: number): Promise<void> {
    await this.flush();
    await writeAll(this.#handle, piece, position);
  }

  /** Goes back: what was appended after `position` is written over. */
  async rewind(position: number): Promise<void> {
    await this.flush();
    this.#written = position;
  }

  /** Waits until everything appended has reached the system. */
  async flush(): Promise<void> {
    await this.#pending;
    if (this.#filled === 0) return;
    await writeAll(this.#handle, this.#buffer.subarray(0, this.#filled), this.#written);
    this.#written += this.#filled;
    this.#filled = 0;
  }
}

async function writeAll(handle: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, done, piece.length - done, position + done);
    done += bytesWritten;
  }
}
