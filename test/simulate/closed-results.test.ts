import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Estimate } from '#simulate/estimate.js';
import type { SimulateOptions } from '#simulate/options.js';
import type { Expected } from '#simulate/result.js';
import { simulate } from '#simulate/simulate.js';
import { erlangC, meanWaitOfMany, meanWaitOfOne, refusedByOne } from './closed-results.js';

/** Without prefetching, since that hands requests to busy workers, which the formulas do not know. */
const PLAIN = { prefetch: 1, queueSize: Number.POSITIVE_INFINITY, requests: 400_000, runs: 20 } as const;
const MEAN = 10;
const LOADS = [0.3, 0.6, 0.8];

async function expected(options: Omit<SimulateOptions, 'rate'>, load: number): Promise<Expected> {
  const rate = (load * (options.workers ?? 1) * 1000) / MEAN;
  return (await simulate({ ...PLAIN, ...options, rate })).expected;
}

/** Within three standard errors, which have to be small enough to tell something. */
function agrees(found: Estimate | undefined, theory: number, what: string): void {
  assert.ok(found, what);
  const { value, standardError } = found;
  assert.ok(
    standardError > 0 && standardError < 0.05 * theory,
    `${what}: the standard error is ${standardError} of ${theory}`,
  );
  assert.ok(Math.abs(value - theory) <= 3 * standardError, `${what}: ${value} ± ${standardError}, theory ${theory}`);
}

for (const load of LOADS) {
  test(`M/M/c at ρ = ${load}: mean latency, for one worker its quantiles too`, async () => {
    for (const workers of [1, 4]) {
      const { latency, utilisation } = await expected({ service: `exponential:${MEAN}ms`, workers }, load);
      const rate = (load * workers) / MEAN;
      agrees(latency?.mean, MEAN + meanWaitOfMany(workers, rate, MEAN), `M/M/${workers}, mean`);
      agrees(utilisation, load, `M/M/${workers}, utilisation`);
      if (workers > 1) continue;
      const quantile = (share: number): number => (-Math.log(1 - share) * MEAN) / (1 - load);
      agrees(latency?.p50, quantile(0.5), 'M/M/1, p50');
      agrees(latency?.p90, quantile(0.9), 'M/M/1, p90');
      agrees(latency?.p99, quantile(0.99), 'M/M/1, p99');
    }
  });

  test(`M/D/1 at ρ = ${load}: mean latency`, async () => {
    const { latency } = await expected({ service: `fixed:${MEAN}ms` }, load);
    agrees(latency?.mean, MEAN + meanWaitOfOne(load / MEAN, MEAN, MEAN ** 2), 'M/D/1');
  });

  test(`M/G/1 at ρ = ${load}: mean latency with lognormal and uniform service times`, async () => {
    const lognormal = await expected({ service: `lognormal:${MEAN}ms,8ms` }, load);
    agrees(lognormal.latency?.mean, MEAN + meanWaitOfOne(load / MEAN, MEAN, MEAN ** 2 + 8 ** 2), 'lognormal');
    const uniform = await expected({ service: 'uniform:4ms..16ms' }, load);
    agrees(uniform.latency?.mean, MEAN + meanWaitOfOne(load / MEAN, MEAN, MEAN ** 2 + 12 ** 2 / 12), 'uniform');
  });
}

test('M/M/1/K: a queue of 4 refuses as many as theory says, below and above what the worker can answer', async () => {
  for (const load of [0.8, 1.5]) {
    const { refused } = await expected({ service: `exponential:${MEAN}ms`, queueSize: 4 }, load);
    agrees(refused, refusedByOne(load, 5), `ρ = ${load}`);
  }
});

test('requests that are spread at random over two replicas meet two queues of half the load', async () => {
  const { latency } = await expected({ service: `exponential:${MEAN}ms`, replicas: 2, balance: 'random' }, 1.2);
  agrees(latency?.mean, MEAN + meanWaitOfOne(0.06, MEAN, 2 * MEAN ** 2), 'two of M/M/1');
});

test('evenly spaced requests to a fixed time do not wait at all', async () => {
  const { latency } = await expected({ service: `fixed:${MEAN}ms`, arrivals: 'steady' }, 0.9);
  assert.ok(Math.abs((latency?.p99.value ?? 0) - MEAN) < 1e-6);
});

test('the formulas themselves: one worker waits with ρ, and M/M/1 is an M/G/1', () => {
  assert.ok(Math.abs(erlangC(1, 0.7) - 0.7) < 1e-12);
  assert.ok(Math.abs(meanWaitOfMany(1, 0.07, 10) - meanWaitOfOne(0.07, 10, 200)) < 1e-9);
});

test.run();
