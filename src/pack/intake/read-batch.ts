import type { Compressor } from '../compression.js';
import { contentOf } from '../content.js';
import { lookAt, SMALL_FILE } from '../small-file.js';
import type { FoundFile } from '../source-file.js';
import { type Batch, BatchRecorder } from './batch.js';
import type { Share } from './share.js';

/** Files that a thread takes at once. */
const SIZE = 256;

/** How many batches there are in so many files. */
export function countBatches(files: number): number {
  return Math.ceil(files / SIZE);
}

/** The files of a batch; batches count from 0. */
export function filesOf(files: readonly FoundFile[], batch: number): readonly FoundFile[] {
  return files.slice(batch * SIZE, (batch + 1) * SIZE);
}

/** Reads batches on one thread, whose memory is used again and again. */
export class BatchReader {
  readonly #compressor: Compressor;
  readonly #share: Share;
  readonly #memory = Buffer.allocUnsafeSlow(SMALL_FILE);
  readonly #recorder = new BatchRecorder();

  constructor(compressor: Compressor, share: Share) {
    this.#compressor = compressor;
    this.#share = share;
  }

  /** Opens every file and keeps the contents of small ones, ready to be written, while there is room. */
  read(files: readonly FoundFile[]): Batch {
    this.#recorder.begin(files.length);
    for (const found of files) {
      const { source, bytes } = lookAt(found, this.#memory, (size) => this.#share.reserve(size));
      this.#recorder.add(source, bytes && contentOf(source.path, bytes, this.#compressor));
    }
    return this.#recorder.finish();
  }
}
