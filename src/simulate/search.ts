import type { Slo } from './options.js';
import type { Expected, Tried } from './result.js';

/** Requests that may be refused where an objective is to be kept, as a share: latencies are of answers alone. */
export const MOST_REFUSED = 0.001;

/** What a search found: the fewest replicas that keep the objective, or, where none does, those that come closest. */
export interface Search {
  readonly met: boolean;
  readonly best: Tried;
  readonly tried: readonly Tried[];
}

/** Whether every limit is kept, the upper end of its interval included. */
export function keeps({ latency, refused, load }: Expected, limits: readonly Slo[]): boolean {
  if (latency === null || load >= 1 || refused.value > MOST_REFUSED) return false;
  return limits.every(({ figure, milliseconds }) => latency[figure].value + latency[figure].half <= milliseconds);
}

/** By how much the limit that is missed most is exceeded; infinite where there is no latency. */
function excess({ latency, refused }: Expected, limits: readonly Slo[]): number {
  if (latency === null) return Number.POSITIVE_INFINITY;
  const over = limits.map(({ figure, milliseconds }) => (latency[figure].value + latency[figure].half) / milliseconds);
  return Math.max(...over) + (refused.value > MOST_REFUSED ? 1e6 * refused.value : 0);
}

/**
 * The fewest replicas that keep the limits: from the fewest that are not overloaded (`least`), doubling the distance, then halving it. It gives up at
 * `most`, or where twice as many make the limit that is missed most less than 1 % better.
 */
export async function search(
  limits: readonly Slo[],
  { least, most }: { readonly least: number; readonly most: number },
  expected: (replicas: number) => Promise<Expected>,
): Promise<Search> {
  const tried: Tried[] = [];
  const attempt = async (replicas: number): Promise<Tried> => {
    const found = await expected(replicas);
    const one = { replicas, met: keeps(found, limits), expected: found };
    tried.push(one);
    return one;
  };
  const lowest = Math.min(least, most);
  let above = await attempt(lowest);
  let failed = lowest - 1;
  for (let step = 1; !above.met && above.replicas < most; step *= 2) {
    const before = above;
    failed = before.replicas;
    above = await attempt(Math.min(most, lowest + step));
    const [now, then] = [excess(above.expected, limits), excess(before.expected, limits)];
    // Where more servers than requests change nothing any more, it is the service itself that takes too long.
    if (!above.met && now > 0.99 * then && above.replicas >= 2 * lowest && above.expected.load < 0.5) break;
  }
  if (!above.met) {
    const best = tried.reduce((one, other) =>
      excess(other.expected, limits) < 0.99 * excess(one.expected, limits) ? other : one,
    );
    return { met: false, best, tried };
  }
  while (above.replicas - failed > 1) {
    const middle = await attempt(Math.floor((above.replicas + failed) / 2));
    if (middle.met) above = middle;
    else failed = middle.replicas;
  }
  return { met: true, best: above, tried };
}
