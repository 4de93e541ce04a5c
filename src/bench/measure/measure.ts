import type { Window } from '../figures/window.js';
import type { Load } from '../load/load.js';
import { type EarlyEnd, Ending } from './ending.js';
import type { FigureName } from './figure-names.js';
import { figureOfAll } from './figure-of-all.js';
import { type MeasureProgress, type Round, round, type WarmUp, warmUp } from './round.js';

export interface MeasureOptions {
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
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

/** What is measured. */
export interface Side<Seen> {
  /** A load on the server; another one each time. */
  readonly load: () => Load;
  /** Resolves when the server is known to be gone. */
  readonly gone: Promise<string>;
  /** Samples what a round costs, from now to the call of what it returns. */
  readonly watch: () => () => Seen;
}

export interface Measured<Seen> {
  readonly warmUp: WarmUp;
  readonly rounds: readonly Round<Seen>[];
  /** Of an open loop: milliseconds by which requests left late on the generator's account, of 99 in 100 at most. */
  readonly lateness: number;
  /** With `interrupted` and `lost` the rounds are what there was until then. */
  readonly status: 'complete' | EarlyEnd['status'];
  readonly reason?: string;
  /** Whether the rounds sufficed. */
  readonly narrow: boolean;
}

/** Warms up, then measures rounds until they suffice (by default: every figure is narrow enough) or there are enough of them. */
export async function measure<Seen>(
  side: Side<Seen>,
  options: MeasureOptions,
  suffices: (windows: readonly Window[]) => boolean = (windows) => areNarrow(windows, options),
): Promise<Measured<Seen>> {
  const { roundSeconds, warmUpSeconds, leastRounds, mostRounds, signal } = options;
  const ending = new Ending(signal);
  const load = side.load();
  ending.watch(load.lost);
  ending.watch(side.gone);
  const rounds: Round<Seen>[] = [];
  const windows = (): Window[] => rounds.map(({ window }) => window);
  const tell = (phase: MeasureProgress['phase']) => (window: Window) =>
    options.onProgress?.(progressOf(phase, rounds.length + 1, mostRounds, window));
  load.start();
  const warmed = await warmUp(load, ending, warmUpSeconds, tell('warm-up'));
  while (!ending.early && (rounds.length < leastRounds || (rounds.length < mostRounds && !suffices(windows())))) {
    const found = await round(load, ending, roundSeconds, side.watch, tell('round'));
    if (found) rounds.push(found);
  }
  if (ending.early) load.abandon();
  else await load.stop();
  const [lateness, narrow] = [load.lateness.quantile(0.99), suffices(windows())];
  return { warmUp: warmed, rounds, lateness, status: 'complete', narrow, ...ending.early };
}

function areNarrow(windows: readonly Window[], { figures, precision }: MeasureOptions): boolean {
  return figures.every((name) => {
    const { value, half } = figureOfAll(windows, name);
    return half <= precision * value;
  });
}

/** Where a stretch of the load stands. */
export function progressOf(
  phase: MeasureProgress['phase'],
  round: number,
  mostRounds: number,
  window: Window,
): MeasureProgress {
  const p99 = window.latency.count > 0 ? { p99: window.latency.quantile(0.99) } : {};
  const errors = [...window.errors.values()].reduce((sum, count) => sum + count, 0);
  return { phase, round, mostRounds, perSecond: window.perSecond, ...p99, errors };
}
