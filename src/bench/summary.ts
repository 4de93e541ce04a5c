import type { Quantiles } from './figures/durations.js';
import { Split, type Window } from './figures/window.js';
import { FIGURES, type FigureName, figureOf } from './measure/figure-names.js';
import { figureOfAll, latencyOf } from './measure/figure-of-all.js';
import type { BenchResult, RoundResult } from './result.js';

/** What of a result comes from the rounds alone. */
export type Summary = Pick<
  BenchResult,
  'rounds' | 'figures' | 'good' | 'errors' | 'latency' | 'curve' | 'split' | 'batches' | 'times'
>;

/** Puts rounds together. Errors are counted, and in no figure. */
export function summaryOf(windows: readonly Window[]): Summary {
  const latency = latencyOf(windows);
  const errors = new Map<string, number>();
  const split = new Split();
  for (const window of windows) {
    for (const [reason, count] of window.errors) errors.set(reason, (errors.get(reason) ?? 0) + count);
    if (window.split) split.add(window.split);
  }
  const quantiles = latency.quantiles();
  return {
    rounds: windows.map(roundOf),
    figures: eachFigure((name) => {
      const { value, half } = figureOfAll(windows, name, latency);
      return { value: finite(value), half: finite(half) };
    }),
    good: windows.reduce((sum, { good }) => sum + good, 0),
    errors: Object.fromEntries([...errors].sort(([, one], [, other]) => other - one)),
    ...(quantiles && { latency: quantiles }),
    curve: latency.curve(),
    ...splitOf(split),
  };
}

function roundOf(window: Window): RoundResult {
  return {
    seconds: window.seconds,
    good: window.good,
    failed: [...window.errors.values()].reduce((sum, count) => sum + count, 0),
    figures: eachFigure((name) => finite(figureOf(window, name))),
    slices: window.slices,
  };
}

function eachFigure<T>(of: (name: FigureName) => T): Record<FigureName, T> {
  const [throughput, mean, p50, p90, p99, p999, max] = FIGURES;
  return {
    [throughput]: of(throughput),
    [mean]: of(mean),
    [p50]: of(p50),
    [p90]: of(p90),
    [p99]: of(p99),
    [p999]: of(p999),
    [max]: of(max),
  };
}

/** JSON knows no other numbers. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function splitOf({
  queue,
  handler,
  rest,
  batches,
  times,
  network,
}: Split): Pick<BenchResult, 'split' | 'batches' | 'times'> {
  const parts: (Quantiles | undefined)[] = [queue.quantiles(), handler.quantiles(), rest.quantiles()];
  const [waited, handled, travelled] = parts;
  if (!waited || !handled || !travelled) return {};
  return {
    split: { queue: waited, handler: handled, network: travelled },
    batches: [...batches]
      .sort(([one], [other]) => one - other)
      .map(([size, requests]) => ({ size, batches: Math.round(requests / size) })),
    times: {
      handler: [...times].sort(([one], [other]) => one - other).map(([size, one]) => ({ size, times: one.points() })),
      network: network.points(),
    },
  };
}
