import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SimulateOptions } from '#simulate/options.js';
import type { Expected } from '#simulate/result.js';
import { simulate } from '#simulate/simulate.js';

const FEW = { requests: 20_000, runs: 4 } as const;

async function expected(options: SimulateOptions): Promise<Expected> {
  return (await simulate({ ...FEW, ...options })).expected;
}

const meanOf = ({ latency }: Expected): number => latency?.mean.value ?? Number.NaN;
const near = (value: number, wanted: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(value - wanted) <= tolerance, `${value}, wanted ${wanted}`);

test('a batch goes when it is full: the first of four waits for the last', async () => {
  const found = await expected({
    ...{ service: 'fixed:5ms', arrivals: 'steady', rate: 100, batchSize: 4, maxBatchDelay: 100 },
  });
  // 35, 25, 15 and 5 ms.
  near(meanOf(found), 20, 0.01);
  near(found.batch.value, 4, 0.01);
});

test('a batch goes when its first request has waited for the delay', async () => {
  const found = await expected({
    ...{ service: 'fixed:5ms', arrivals: 'steady', rate: 100, batchSize: 8, maxBatchDelay: 25 },
  });
  // Three requests, 10 ms apart: 30, 20 and 10 ms.
  near(meanOf(found), 20, 0.01);
  near(found.batch.value, 3, 0.01);
});

test('a worker that was busy for long takes full batches from the queue at once', async () => {
  const found = await expected({
    ...{ service: 'fixed:40ms', arrivals: 'steady', rate: 150, batchSize: 4, maxBatchDelay: 0, prefetch: 1 },
  });
  near(found.batch.value, 4, 0.02);
});

test('what a further request of a batch adds is in its time', async () => {
  const options = { service: 'fixed:5ms', arrivals: 'steady', rate: 100, batchSize: 4, maxBatchDelay: 100 } as const;
  near(meanOf(await expected({ ...options, furtherMs: 2 })), 26, 0.02);
});

test('several workers with short batches are handed further ones, which costs order; long batches are not', async () => {
  const short = { service: 'exponential:4ms', workers: 2, rate: 350, requests: 200_000, runs: 5 } as const;
  const [plain, ahead] = [await expected({ ...short, prefetch: 1 }), await expected({ ...short, prefetch: 6 })];
  assert.ok(meanOf(ahead) > 1.05 * meanOf(plain), `${meanOf(ahead)} against ${meanOf(plain)}`);
  const long = { service: 'fixed:30ms', workers: 2, rate: 55 } as const;
  near(meanOf(await expected({ ...long, prefetch: 6 })), meanOf(await expected({ ...long, prefetch: 1 })));
});

test('a full queue refuses: what is handed out ahead counts as waiting', async () => {
  for (const prefetch of [1, 6]) {
    const found = await expected({ service: 'fixed:10ms', arrivals: 'steady', rate: 200, queueSize: 3, prefetch });
    near(found.refused.value, 0.5, 0.01);
    // One runs, three wait.
    assert.ok((found.latency?.p99.value ?? 0) <= 40 + 1e-6);
  }
});

test('replicas: turns are better than chance, and who has least to do is better than turns', async () => {
  const options = { service: 'exponential:10ms', rate: 320, replicas: 4, requests: 200_000 } as const;
  const [random, turns, least] = [
    meanOf(await expected({ ...options, balance: 'random' })),
    meanOf(await expected({ ...options, balance: 'round-robin' })),
    meanOf(await expected({ ...options, balance: 'least-busy' })),
  ];
  assert.ok(random > 1.2 * turns && turns > 1.2 * least, `${random}, ${turns}, ${least}`);
});

test('a rule settles at as many replicas as its target asks for, and pays for those that start', async () => {
  const rule = { target: 1, startUp: 5, every: 5, downAfter: 20 };
  const result = await simulate({
    ...{ service: 'fixed:20ms', rate: 100, replicas: { least: 1, most: 20 }, scaling: rule },
    ...{ requests: 60_000, runs: 4 },
  });
  // Two requests are in flight where none waits; some do.
  const { replicas, refused, latency } = result.expected;
  assert.ok(replicas.value >= 2.5 && replicas.value <= 5, String(replicas.value));
  assert.is(refused.value, 0);
  assert.ok((latency?.mean.value ?? 0) < 60);
  assert.equal(result.warnings, []);
});

test('runs that are too short for their rule say so', async () => {
  const { warnings } = await simulate({
    ...{ service: 'fixed:20ms', rate: 100, replicas: { least: 1, most: 4 }, scaling: { target: 2 }, ...FEW },
  });
  assert.match(warnings[0] ?? '', /too short for the rule to settle: .* Give --requests 288000/);
});

test.run();
