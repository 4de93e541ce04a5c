import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunInput, simulateRun } from '#simulate/engine/run.js';
import { ARRIVALS, BALANCES } from '#simulate/options.js';
import { Random } from '#simulate/random.js';
import { closedForm } from '#simulate/service/closed-form.js';

/** A configuration of any kind, from random numbers: idle and overloaded, with and without batches, bounds, prefetching, scaling. */
function anyInput(seed: number): RunInput {
  const random = new Random(seed);
  const whole = (least: number, most: number): number => least + Math.floor(random.uniform() * (most - least + 1));
  const pick = <T>(list: readonly T[], fallback: T): T => list[whole(0, list.length - 1)] ?? fallback;
  const form = pick(['fixed:7ms', 'exponential:12ms', 'uniform:1ms..9ms', 'lognormal:30ms,40ms'], 'fixed:1ms');
  const replicas = whole(1, 4);
  return {
    service: closedForm(form, pick([0, 2], 0)),
    shape: {
      workers: whole(1, 4),
      batchSize: pick([1, 1, 3, 8], 1),
      maxBatchDelay: pick([0, 5, 50], 0),
      queueSize: pick([0, 3, 100, Number.POSITIVE_INFINITY], 0),
      prefetch: pick([1, 2, 6], 1),
    },
    replicas,
    ...(random.uniform() < 0.5 && {
      scaling: {
        least: replicas,
        most: 6,
        target: whole(1, 5),
        startUp: whole(0, 500),
        every: 200,
        downAfter: whole(0, 2000),
      },
    }),
    balance: pick(BALANCES, 'random'),
    rate: pick([20, 100, 400, 2000], 20),
    arrivals: pick(ARRIVALS, 'poisson'),
    requests: 3000,
    warmUp: 300,
    ...{ seed, stream: 0 },
  };
}

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

test('arrivals are what was answered, refused, and waits; nothing is lost or answered twice', () => {
  const kinds = { refused: 0, waiting: 0 };
  for (const seed of SEEDS) {
    const { counts, latencies, window } = simulateRun(anyInput(seed));
    const words = `seed ${seed}: ${JSON.stringify(counts)}`;
    assert.is(counts.arrivals, 3000, words);
    assert.is(counts.answered + counts.refused + counts.waiting, counts.arrivals, words);
    // What waited at the last arrival was answered after it.
    assert.is(latencies.length, window.arrivals - window.refused, words);
    assert.ok(
      latencies.every((latency) => latency > 0 && Number.isFinite(latency)),
      words,
    );
    kinds.refused += counts.refused;
    kinds.waiting += counts.waiting;
  }
  assert.ok(kinds.refused > 1000 && kinds.waiting > 1000, 'the configurations are of many kinds');
});

test('a queue hands its requests out in the order in which they came', () => {
  for (const seed of SEEDS) {
    const latest = new Map<object, number>();
    let taken = 0;
    const { counts } = simulateRun({
      ...anyInput(seed),
      onTaken: (replica, arrivedAt) => {
        assert.ok(arrivedAt >= (latest.get(replica) ?? 0), `seed ${seed}`);
        latest.set(replica, arrivedAt);
        taken += 1;
      },
    });
    assert.is(taken, counts.arrivals - counts.refused, `seed ${seed}`);
  }
});

test('workers are busy for no longer than they are there, and replicas are paid for at least while they serve', () => {
  for (const seed of SEEDS) {
    const input = anyInput(seed);
    const { busy, served, paid, batched, batches } = simulateRun(input).window;
    assert.ok(busy > 0 && busy <= served * input.shape.workers * (1 + 1e-9), `seed ${seed}: busy ${busy} of ${served}`);
    assert.ok(paid >= served * (1 - 1e-9), `seed ${seed}`);
    assert.ok(batched >= batches && batched <= batches * input.shape.batchSize, `seed ${seed}`);
  }
});

test('the same seed gives the same run, another one another', () => {
  const [one, again] = [simulateRun(anyInput(5)), simulateRun(anyInput(5))];
  assert.equal(one, again);
  const other = simulateRun({ ...anyInput(5), seed: 6 });
  assert.not.equal(one.latencies, other.latencies);
  assert.not.equal(one.latencies, simulateRun({ ...anyInput(5), stream: 1 }).latencies);
});

test.run();
