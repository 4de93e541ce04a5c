import type { Random } from '../random.js';
import { InverseTable } from './inverse-table.js';
import { type Points, resample } from './resample.js';
import type { Service } from './service.js';

/** Times of batches by their size, as `mar bench` measures them, and what each request spends outside of queue and worker. */
export interface MeasuredTimes {
  readonly handler: readonly { readonly size: number; readonly times: Points }[];
  readonly network: Points;
}

/**
 * Draws from what was measured. A batch of a size that was not measured takes as long as one of the nearest size below (or the smallest) would,
 * stretched: to the mean between its two neighbours, or, beyond the largest, in proportion to its size.
 */
export class MeasuredService implements Service {
  readonly words: string;
  /** Sizes that were measured, smallest first. */
  readonly sizes: readonly number[];
  readonly outside: InverseTable;
  readonly #measured: MeasuredTimes;
  readonly #tables: readonly InverseTable[];
  /** Of a batch size: the table, and what its times are multiplied with. */
  readonly #known: { readonly table: InverseTable; readonly factor: number }[] = [];

  /** Of at least one size; `words` says where the times come from. */
  constructor(measured: MeasuredTimes, words: string) {
    const sorted = [...measured.handler].sort((one, other) => one.size - other.size);
    this.#measured = measured;
    this.words = words;
    this.sizes = sorted.map(({ size }) => size);
    this.#tables = sorted.map(({ times }) => new InverseTable(times));
    this.outside = new InverseTable(measured.network);
  }

  /** How many times were measured for this size. */
  measured(size: number): number {
    return this.#tables[this.sizes.indexOf(size)]?.weight ?? 0;
  }

  mean(batch: number): number {
    const { table, factor } = this.#of(batch);
    return table.mean * factor;
  }

  draw(batch: number, random: Random): number {
    const { table, factor } = this.#known[batch] ?? this.#of(batch);
    return table.draw(random) * factor;
  }

  resampled(random: Random): MeasuredService {
    const { handler, network } = this.#measured;
    const again = handler.map(({ size, times }) => ({ size, times: resample(times, random) }));
    return new MeasuredService({ handler: again, network: resample(network, random) }, this.words);
  }

  #of(batch: number): { readonly table: InverseTable; readonly factor: number } {
    const below = Math.max(
      0,
      this.sizes.findLastIndex((size) => size <= batch),
    );
    const [table, above] = [this.#tables[below], this.#tables[below + 1]];
    if (!table) throw new RangeError('there are no measured times');
    const [from = 1, to] = [this.sizes[below], this.sizes[below + 1]];
    const mean =
      above === undefined || to === undefined
        ? (table.mean * batch) / from
        : table.mean + ((above.mean - table.mean) * (batch - from)) / (to - from);
    // Below the smallest there is nothing to lean on: a smaller batch takes no longer.
    const found = { table, factor: batch <= from ? 1 : mean / table.mean };
    this.#known[batch] = found;
    return found;
  }
}
