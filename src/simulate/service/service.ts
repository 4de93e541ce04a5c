import type { Random } from '../random.js';

/** What a worker takes for a batch, as a distribution. Milliseconds. */
export interface Service {
  /** What it is, for reports. */
  readonly words: string;
  /** The mean for a batch of so many requests. */
  mean(batch: number): number;
  /** A time for a batch of so many requests. */
  draw(batch: number, random: Random): number;
  /** What comes on top for each request, outside of queue and worker: network and HTTP; absent where nothing is known of it. */
  readonly outside?: { readonly mean: number; draw(random: Random): number };
  /** The same as it might have been measured as well; absent where it was not measured but given. */
  resampled?(random: Random): Service;
}
