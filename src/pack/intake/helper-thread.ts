import { parentPort, workerData } from 'node:worker_threads';
import { compressor } from '../compression.js';
import { BatchReader, countBatches, filesOf } from './read-batch.js';
import { Share } from './share.js';
import type { HelperMessage, HelperTask } from './start-helper.js';

/** The thread behind `startHelper`: takes batches until none is left. */
const { files, policy, cells }: HelperTask = workerData;
const share = new Share(cells);
const reader = new BatchReader(compressor(policy), share);

for (let number = share.nextBatch(); number < countBatches(files.length); number = share.nextBatch()) {
  const batch = reader.read(filesOf(files, number));
  const message: HelperMessage = { number, batch };
  parentPort?.postMessage(message, [batch.numbers.buffer, batch.data.buffer]);
}
