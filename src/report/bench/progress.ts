import type { BenchProgress } from '#index.js';
import { duration, rate } from './words.js';

/** Where a measurement stands, in one line. */
export function benchProgress(progress: BenchProgress): string {
  if (progress.phase === 'start') return 'starting';
  const { phase, round, mostRounds, perSecond, p99, errors } = progress;
  const where = phase === 'warm-up' ? 'warm-up' : `round ${round} of ${mostRounds} at most`;
  const failed = errors > 0 ? `, ${errors} failed` : '';
  return `${where}: ${rate(perSecond ?? null)}, p99 ${duration(p99 ?? null)}${failed}`;
}
