import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Compressor } from '../compression.js';
import { throwIfAborted } from '../options.js';
import type { FoundFile, SourceFile } from '../source-file.js';
import { type Batch, filesIn } from './batch.js';
import { BatchReader, countBatches, filesOf } from './read-batch.js';
import { Share } from './share.js';
import { type HelperMessage, startHelper } from './start-helper.js';

/** From so many files on a second thread is worth its start. */
const MANY = 2048;

/**
 * Opens every file once. The contents of small ones are kept, hashed and compressed, up to 32 MiB: what is kept depends on
 * how the threads took turns, but what will be written does not.
 */
export async function takeIn(
  files: readonly FoundFile[],
  compressor: Compressor,
  signal: AbortSignal | undefined,
): Promise<SourceFile[]> {
  const share = Share.create();
  const reader = new BatchReader(compressor, share);
  const batches = Array.from({ length: countBatches(files.length) }, (): Batch | undefined => undefined);
  const task = { files, policy: compressor.policy, cells: share.cells };
  const helper = files.length >= MANY && availableParallelism() > 1 ? startHelper(task, keep) : undefined;
  function keep({ number, batch }: HelperMessage): void {
    batches[number] = batch;
  }
  try {
    for (let number = share.nextBatch(); number < batches.length; number = share.nextBatch()) {
      batches[number] = reader.read(filesOf(files, number));
      await setImmediate();
      throwIfAborted(signal);
    }
    await helper?.ended;
    return batches.flatMap((batch, number) => {
      const found = filesOf(files, number);
      return filesIn(batch ?? reader.read(found), found);
    });
  } finally {
    await helper?.stop();
  }
}
