import type { ArchiveFile } from './archive-file.js';

const LEAST = 4 * 1024;
const MOST = 512 * 1024;

/**
 * Reads a file in small pieces that mostly follow one another: neighbours come out of one read. What is read ahead doubles while the
 * pieces go forward and starts again small after any other step, so that no order of pieces costs many times the bytes asked for.
 */
export class ReadAhead {
  readonly #file: Pick<ArchiveFile, 'read'>;
  readonly #end: number;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #ahead = LEAST;

  /** @param end where reading ahead stops; nobody asks for bytes behind it */
  constructor(file: Pick<ArchiveFile, 'read'>, end: number) {
    this.#file = file;
    this.#end = end;
  }

  /** The bytes from `start`, all of them: at once where they are at hand, which spares a turn of the event loop for each piece. */
  read(start: number, length: number): Buffer | Promise<Buffer> {
    const at = start - this.#start;
    const atHand = at >= 0 && at + length <= this.#bytes.length;
    return atHand ? this.#bytes.subarray(at, at + length) : this.#fetch(start, length);
  }

  async #fetch(start: number, length: number): Promise<Buffer> {
    const reached = this.#start + this.#bytes.length;
    const forward = start >= this.#start && start <= reached + this.#ahead;
    this.#ahead = forward ? Math.min(this.#ahead * 2, MOST) : LEAST;
    const bytes = await this.#file.read(start, Math.max(length, Math.min(this.#ahead, this.#end - start)));
    this.#start = start;
    this.#bytes = bytes;
    return bytes.subarray(0, length);
  }
}
