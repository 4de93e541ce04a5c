import { setTimeout as sleep } from 'node:timers/promises';
import type { Window } from '../figures/window.js';
import type { Load } from '../load/load.js';
import { interval } from './confidence.js';
import { type FigureName, figureOf } from './figure-names.js';
import { isSteady } from './steady.js';

export interface MeasureOptions<Seen> {
  /** Seconds of a round. */
  readonly roundSeconds: number;
  /** Seconds of load that do not count; without it until the latency has settled, for 30 s at most. */
  readonly warmUpSeconds?: number;
  /** Rounds at least, and at most. */
  readonly leastRounds: number;
  readonly mostRounds: number;
  /** Half of the 95 % interval of each figure in `figures`, as a share of it, at which no further round is needed. */
  readonly precision: number;
  readonly figures: readonly FigureName[];
  /** Asked besides: whether the rounds suffice for what they are for. */
  readonly suffices?: (windows: readonly Window[]) => boolean;
  readonly signal?: AbortSignal;
  /** Resolves when the target is known to be gone. */
  readonly gone?: Promise<string>;
  /** Samples what a round costs, from now to the call of what it returns. */
  readonly watch: () => () => Seen;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

/** Where a measurement stands. */
export interface MeasureProgress {
  readonly phase: 'warm-up' | 'round';
  /** From 1. */
  readonly round: number;
  readonly mostRounds: number;
  /** Of the last complete stretch. */
  readonly perSecond?: number;
  readonly p99?: number;
  readonly errors: number;
}

/** One round: what was answered, and what it took. */
export interface Round<Seen> {
  readonly window: Window;
  /** What `watch` has seen. */
  readonly seen: Seen;
  /** The share of the time in which this process, the generator, had no rest. */
  readonly busy: number;
  /** Requests of an open loop that should have left before the end and had not. */
  readonly waiting: number;
}

/** The load before the first round, and whether the latency had settled at its end. */
export interface WarmUp {
  readonly seconds: number;
  readonly steady: boolean;
}

export interface Measured<Seen> {
  readonly warmUp: WarmUp;
  readonly rounds: readonly Round<Seen>[];
  /** `interrupted` and `lost` (the target answers no more): the rounds are what there was until then. */
  readonly status: 'complete' | 'interrupted' | 'lost';
  readonly reason?: string;
  /** Whether every figure became as narrow as was asked. */
  readonly narrow: boolean;
}

const STRETCH_SECONDS = 0.5;
const LONGEST_WARM_UP_SECONDS = 30;
/** Answers of a stretch of the warm-up that a mean can be taken of. */
const FEWEST_ANSWERS = 10;

/** Warms up, then measures rounds until the figures are narrow enough or there are enough of them. The load is stopped afterwards. */
export async function measure<Seen>(load: Load, options: MeasureOptions<Seen>): Promise<Measured<Seen>> {
  const run = new Run(load, options);
  load.start();
  const warmUp = await run.warmUp();
  while (run.goesOn) await run.round();
  const { end } = run;
  if (end) load.abandon();
  else await load.stop();
  return { warmUp, rounds: run.rounds, status: 'complete', narrow: run.isNarrow, ...end };
}

class Run<Seen> {
  readonly rounds: Round<Seen>[] = [];
  end: Pick<Measured<Seen>, 'status' | 'reason'> | undefined;
  readonly #load: Load;
  readonly #options: MeasureOptions<Seen>;
  readonly #ended: Promise<void>;

  constructor(load: Load, options: MeasureOptions<Seen>) {
    this.#load = load;
    this.#options = options;
    const { signal, gone } = options;
    const lost = Promise.race([load.lost, ...(gone ? [gone] : [])]).then((reason) => {
      this.end ??= { status: 'lost', reason };
    });
    const interrupted = new Promise<void>((resolve) => {
      const stop = (): void => {
        this.end ??= { status: 'interrupted' };
        resolve();
      };
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
    this.#ended = Promise.race([lost, interrupted]);
  }

  get goesOn(): boolean {
    if (this.end) return false;
    const { leastRounds, mostRounds, suffices } = this.#options;
    const { length } = this.rounds;
    if (length < leastRounds) return true;
    const windows = this.rounds.map(({ window }) => window);
    return length < mostRounds && !(this.isNarrow && (suffices?.(windows) ?? true));
  }

  get isNarrow(): boolean {
    return this.#options.figures.every((name) => {
      const { value, half } = interval(this.rounds.map(({ window }) => figureOf(window, name)));
      return half <= this.#options.precision * value;
    });
  }

  async warmUp(): Promise<WarmUp> {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    const { warmUpSeconds } = this.#options;
    const means: number[] = [];
    let steady = false;
    const limit = warmUpSeconds ?? LONGEST_WARM_UP_SECONDS;
    while (!this.end && seconds() < limit && !(warmUpSeconds === undefined && steady)) {
      const window = this.#load.openWindow();
      do await this.#wait(Math.min(STRETCH_SECONDS, limit - seconds()));
      while (!this.end && window.good < FEWEST_ANSWERS && seconds() < limit);
      this.#load.closeWindow();
      this.#tell('warm-up', window);
      means.push(window.latency.quantiles()?.mean ?? Number.NaN);
      steady = isSteady(means);
    }
    return { seconds: seconds(), steady };
  }

  async round(): Promise<void> {
    const seen = this.#options.watch();
    const before = performance.eventLoopUtilization();
    const window = this.#load.openWindow();
    const stretch = this.#options.roundSeconds;
    for (let left = stretch; left > 0 && !this.end; left = stretch - window.seconds) {
      await this.#wait(Math.min(left, STRETCH_SECONDS));
      this.#tell('round', window);
    }
    this.#load.closeWindow();
    const busy = performance.eventLoopUtilization(before).utilization;
    const { waiting } = this.#load;
    // A round in which nothing happened before the end says nothing.
    if (!this.end || window.good + window.errors.size > 0) this.rounds.push({ window, busy, waiting, seen: seen() });
  }

  async #wait(seconds: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([sleep(seconds * 1000, undefined, { signal: timer.signal }).catch(() => {}), this.#ended]);
    timer.abort();
  }

  #tell(phase: MeasureProgress['phase'], window: Window): void {
    const { onProgress, mostRounds } = this.#options;
    const p99 = window.latency.count > 0 ? { p99: window.latency.quantile(0.99) } : {};
    const errors = [...window.errors.values()].reduce((sum, count) => sum + count, 0);
    onProgress?.({ phase, round: this.rounds.length + 1, mostRounds, perSecond: window.perSecond, ...p99, errors });
  }
}
