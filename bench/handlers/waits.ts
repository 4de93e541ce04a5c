import { setTimeout as wait } from 'node:timers/promises';
import type { Inputs } from 'model-archiver/service';

/** The mean, and the longest wait, in milliseconds. */
const MEAN = 12;
const LONGEST = 120;

/** Waits at random (exponential), as for a device that works elsewhere: what is measured is the queue, not this machine's processors. */
export async function handle(batch: readonly Inputs[]): Promise<string[]> {
  await wait(Math.min(LONGEST, -Math.log(1 - Math.random()) * MEAN));
  return batch.map(() => 'ok');
}
