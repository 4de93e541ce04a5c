import type { Window } from '../figures/window.js';
import type { Load } from '../load/load.js';
import type { Ending } from './ending.js';
import { isSteady } from './steady.js';

/** Where a measurement stands. */
export interface MeasureProgress {
  readonly phase: 'warm-up' | 'round';
  /** From 1. */
  readonly round: number;
  readonly mostRounds: number;
  /** Of the stretch until now. */
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

/** Hears of a stretch of the load while it is open, and at its end. */
type Tell = (window: Window) => void;

const STRETCH_SECONDS = 0.5;
const LONGEST_WARM_UP_SECONDS = 30;
/** Answers of a stretch of the warm-up that a mean can be taken of. */
const FEWEST_ANSWERS = 10;

/** Lets the load run for so many seconds, or without that until the latency has settled, for 30 s at most. */
export async function warmUp(load: Load, ending: Ending, fixed: number | undefined, tell: Tell): Promise<WarmUp> {
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  const limit = fixed ?? LONGEST_WARM_UP_SECONDS;
  const means: number[] = [];
  let steady = false;
  while (!ending.early && seconds() < limit && !(fixed === undefined && steady)) {
    const window = load.openWindow();
    do await ending.wait(Math.min(STRETCH_SECONDS, limit - seconds()));
    while (!ending.early && window.good < FEWEST_ANSWERS && seconds() < limit);
    load.closeWindow();
    tell(window);
    means.push(window.latency.quantiles()?.mean ?? Number.NaN);
    steady = isSteady(means);
  }
  return { seconds: seconds(), steady };
}

/** One round of so many seconds; undefined where it was ended before anything had happened. `watch` samples what it costs. */
export async function round<Seen>(
  load: Load,
  ending: Ending,
  seconds: number,
  watch: () => () => Seen,
  tell: Tell,
): Promise<Round<Seen> | undefined> {
  const seen = watch();
  const before = performance.eventLoopUtilization();
  const window = load.openWindow();
  for (let left = seconds; left > 0 && !ending.early; left = seconds - window.seconds) {
    await ending.wait(Math.min(left, STRETCH_SECONDS));
    tell(window);
  }
  load.closeWindow();
  const busy = performance.eventLoopUtilization(before).utilization;
  const isEmpty = window.good + window.errors.size === 0;
  return ending.early && isEmpty ? undefined : { window, busy, waiting: load.waiting, seen: seen() };
}
