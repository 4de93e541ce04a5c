import type { Window } from '../figures/window.js';

/** What can be asked of a measurement: answers per second, or milliseconds of latency. */
export const FIGURES = ['throughput', 'mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const;
export type FigureName = (typeof FIGURES)[number];

/** A figure of one round; NaN where nothing was answered. */
export function figureOf(window: Window, name: FigureName): number {
  if (name === 'throughput') return window.perSecond;
  return window.latency.quantiles()?.[name] ?? Number.NaN;
}
