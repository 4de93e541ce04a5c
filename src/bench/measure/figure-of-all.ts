import { Durations } from '../figures/durations.js';
import type { Window } from '../figures/window.js';
import { halfAround, type Interval } from './confidence.js';
import { type FigureName, figureOf } from './figure-names.js';

/** The latencies of all rounds as one distribution. */
export function latencyOf(windows: readonly Window[]): Durations {
  const all = new Durations();
  for (const { latency } of windows) all.add(latency);
  return all;
}

/**
 * A figure of the answers of all rounds, NaN where there are none, and how far it may lie off; of a greatest value nothing says that. `latency`
 * is that of all rounds, where it is at hand.
 */
export function figureOfAll(windows: readonly Window[], name: FigureName, latency?: Durations): Interval {
  const sum = (of: (window: Window) => number): number => windows.reduce((total, window) => total + of(window), 0);
  const value =
    name === 'throughput'
      ? sum(({ good }) => good) / sum(({ seconds }) => seconds)
      : ((latency ?? latencyOf(windows)).quantiles()?.[name] ?? Number.NaN);
  const rounds = windows.map((window) => figureOf(window, name));
  return { value, half: name === 'max' ? Number.POSITIVE_INFINITY : halfAround(value, rounds) };
}
