import { build, type Histogram } from 'hdr-histogram-js';

/** Quantiles of a distribution of durations, in milliseconds. */
export interface Quantiles {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** The longest duration that is told from longer ones: an hour, in microseconds. */
const LONGEST = 3_600_000_000;

/** A distribution of durations, to a microsecond or three digits, in memory that does not grow. */
export class Durations {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });

  /** How many were recorded. */
  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Takes one in, in milliseconds. */
  record(milliseconds: number): void {
    this.#histogram.recordValue(Math.min(LONGEST, Math.max(0, Math.round(milliseconds * 1000))));
  }

  /** Takes in all of another distribution. */
  add(other: Durations): void {
    this.#histogram.add(other.#histogram);
  }

  /** Forgets all. */
  reset(): void {
    this.#histogram.reset();
  }

  /** The duration that this share (0 to 1) does not exceed, in milliseconds; 0 of nothing. */
  quantile(share: number): number {
    const value = this.count === 0 ? 0 : this.#histogram.getValueAtPercentile(share * 100);
    // What falls into one step of the histogram is told as its end.
    return Math.min(value, this.#histogram.maxValue) / 1000;
  }

  /** The usual ones; undefined of nothing. */
  quantiles(): Quantiles | undefined {
    if (this.count === 0) return undefined;
    return {
      min: this.#histogram.minNonZeroValue > LONGEST ? 0 : this.#histogram.minNonZeroValue / 1000,
      mean: this.#histogram.mean / 1000,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.#histogram.maxValue / 1000,
    };
  }

  /** The whole distribution as points `[share, milliseconds]`, closer to each other towards 1, as far as there are values for them. */
  curve(): (readonly [share: number, milliseconds: number])[] {
    const points: (readonly [number, number])[] = [];
    for (let step = 0; this.count > 0; step += 1) {
      const share = step < 20 ? step / 20 : 1 - 10 ** -(1 + (step - 18) / 6);
      if ((1 - share) * this.count < 1) break;
      points.push([share, this.quantile(share)]);
    }
    return points;
  }
}
