import type { Random } from '../random.js';

/** A distribution as it was measured: milliseconds, and how often. */
export type Points = readonly (readonly [milliseconds: number, count: number])[];

/** Above this a Poisson number is as good as a normal one. */
const MANY = 50;

/** Times as they might have been measured as well: each as often as chance would have it, around as often as it was. Never none at all. */
export function resample(points: Points, random: Random): Points {
  const found = points
    .map(([milliseconds, count]) => [milliseconds, poisson(count, random)] as const)
    .filter(([, count]) => count > 0);
  return found.length > 0 ? found : points;
}

function poisson(mean: number, random: Random): number {
  if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let count = -1;
  for (let sum = 0; sum < mean; count += 1) sum += random.exponential();
  return count;
}
