import type { Window } from '../figures/window.js';
import { Ending } from './ending.js';
import { type Measured, type MeasureOptions, progressOf, type Side } from './measure.js';
import { type Round, round, type WarmUp, warmUp } from './round.js';

/** Seconds of load before each round of a pair: the server has had none since its last one. */
const AGAIN_SECONDS = 0.5;

/** Two servers, measured by turns. */
export interface Pair<Seen> {
  readonly now: Side<Seen>;
  readonly before: Side<Seen>;
}

/**
 * Measures two servers by turns, a round of each and the other way round the next time, so that what disturbs the machine disturbs both.
 * Only whole pairs count. `suffices` is asked with as many windows of the one as of the other.
 */
export async function measurePairs<Seen>(
  pair: Pair<Seen>,
  options: MeasureOptions,
  suffices: (now: readonly Window[], before: readonly Window[]) => boolean,
): Promise<{ readonly now: Measured<Seen>; readonly before: Measured<Seen> }> {
  const { roundSeconds, warmUpSeconds, leastRounds, mostRounds, signal } = options;
  const ending = new Ending(signal);
  const sides = { now: new Turns(pair.now, ending), before: new Turns(pair.before, ending) };
  const { now, before } = sides;
  const tell = (phase: 'warm-up' | 'round') => (window: Window) =>
    options.onProgress?.(progressOf(phase, now.rounds.length + 1, mostRounds, window));
  for (const side of [before, now]) await side.warm(warmUpSeconds, tell('warm-up'));
  const enough = (): boolean => suffices(now.windows, before.windows);
  for (let turn = 0; !ending.early && (turn < leastRounds || (turn < mostRounds && !enough())); turn += 1) {
    const order = turn % 2 === 0 ? [before, now] : [now, before];
    for (const side of order) await side.round(roundSeconds, tell('round'));
    if (now.rounds.length !== before.rounds.length) for (const side of order) side.rounds.length = turn;
  }
  const narrow = enough();
  return { now: now.measured(narrow), before: before.measured(narrow) };
}

class Turns<Seen> {
  readonly rounds: Round<Seen>[] = [];
  readonly #side: Side<Seen>;
  readonly #ending: Ending;
  #warmUp: WarmUp = { seconds: 0, steady: false };
  #lateness = 0;

  constructor(side: Side<Seen>, ending: Ending) {
    this.#side = side;
    this.#ending = ending;
    ending.watch(side.gone);
  }

  get windows(): Window[] {
    return this.rounds.map(({ window }) => window);
  }

  async warm(seconds: number | undefined, tell: (window: Window) => void): Promise<void> {
    this.#warmUp = await this.#loaded((load) => warmUp(load, this.#ending, seconds, tell));
  }

  async round(seconds: number, tell: (window: Window) => void): Promise<void> {
    const found = await this.#loaded(async (load) => {
      await warmUp(load, this.#ending, AGAIN_SECONDS, () => {});
      return round(load, this.#ending, seconds, this.#side.watch, tell);
    });
    if (found) this.rounds.push(found);
  }

  measured(narrow: boolean): Measured<Seen> {
    const early = this.#ending.early;
    return {
      ...{ warmUp: this.#warmUp, rounds: this.rounds, lateness: this.#lateness, status: 'complete', narrow },
      ...early,
    };
  }

  /** The server is under load only meanwhile. */
  async #loaded<T>(use: (load: ReturnType<Side<Seen>['load']>) => Promise<T>): Promise<T> {
    const load = this.#side.load();
    this.#ending.watch(load.lost);
    load.start();
    const result = await use(load);
    if (this.#ending.early) load.abandon();
    else await load.stop();
    this.#lateness = Math.max(this.#lateness, load.lateness.quantile(0.99));
    return result;
  }
}
