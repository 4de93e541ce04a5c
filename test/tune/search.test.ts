import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Found, search } from '#tune/search.js';
import { allOf, type Configuration, powersOfTwo, type Space, sizeOf } from '#tune/space.js';
import { compareTrials, frontOf, type Reading } from '#tune/trial.js';
import { measureOf, randomOf, type Surface, truthOf } from './surface.js';

const BATCHING: Space = {
  workers: [1, 2, 4, 8],
  threads: [1, 2, 4, 8],
  batchSize: [1, 4, 16],
  maxBatchDelay: [1, 5, 20],
  connections: [1, 2, 4, 8, 16, 32],
};
const ONE = { batchSize: [1], maxBatchDelay: [0] };
const SPACES = {
  batching: BATCHING,
  'two processors': { ...BATCHING, workers: [1, 2], threads: [1, 2], batchSize: [1, 2, 4, 8] },
  'without batches': { ...ONE, workers: [1, 2, 4], threads: [1, 2, 4], connections: [1, 2, 4, 8] },
  small: { ...ONE, workers: [1, 2], threads: [1, 2], connections: [1, 2, 4] },
};
const NO_LIMIT = Number.POSITIVE_INFINITY;

interface Run {
  readonly found: Found;
  /** How far what was found lies behind the best of a sweep without noise: a share of its figure. */
  readonly behind: number;
}

/** Searches so many made-up surfaces, under four kinds of limits: that nothing keeps, tight, loose, and none. */
async function searched(space: Space, runs: number, noise: number): Promise<Run[]> {
  const random = randomOf(7);
  const made: Run[] = [];
  for (let run = 0; run < runs; run++) {
    const cores = [2, 4, 8][Math.floor(random() * 3)] ?? 2;
    const surface = { cores, service: 1 + random() * 199, parallel: random() * 0.98, once: random() * 0.8 };
    const limit = surface.service * ([0.5, 1.5, 4, NO_LIMIT][run % 4] ?? NO_LIMIT);
    const found = await search(space, measureOf(surface, noise, random), { limit, fullSeconds: 10 });
    made.push({ found, behind: behind(space, surface, limit, found, 1 + noise) });
  }
  return made;
}

function behind(space: Space, surface: Surface, limit: number, { best }: Found, slack: number): number {
  const all = allOf(space).map((one): Reading => ({ ...truthOf(surface, one), took: 0 }));
  const [ideal] = all.sort((one, other) => compareTrials(one, other, limit));
  assert.ok(best && ideal);
  const real = truthOf(surface, best.configuration);
  if (ideal.latency > limit) return real.latency / ideal.latency - 1;
  return real.latency > limit * slack ? 1 : 1 - real.throughput / ideal.throughput;
}

for (const [name, space] of Object.entries(SPACES)) {
  test(`${name}: within 5 % of the sweep's best, in a third of its time`, async () => {
    for (const { found, behind: share } of await searched(space, 120, 0)) {
      assert.ok(share <= 0.05, `${share} behind: ${JSON.stringify(found.best)}`);
      assert.ok(found.took <= found.sweep / 3, `${found.took} of ${found.sweep} s`);
    }
  });

  test(`${name}: with noise of 3 % of a second's figures, in 19 of 20 cases`, async () => {
    const runs = await searched(space, 120, 0.03);
    const good = runs.filter(({ behind: share }) => share <= 0.05);
    assert.ok(good.length >= 114, `${good.length} of ${runs.length}`);
    assert.ok(runs.every(({ found }) => found.took <= found.sweep / 3));
  });
}

const POST: Surface = { cores: 8, service: 100, parallel: 0.9, once: 0 };

test("the post's lesson: one worker with many threads for latency, many workers with one thread for throughput", async () => {
  const space = { ...BATCHING, batchSize: [1] };
  const { trials, best } = await search(space, measureOf(POST, 0, randomOf(1)), { fullSeconds: 10 });
  const { workers, threads } = frontOf(trials)[0]?.configuration ?? {};
  assert.equal([workers, threads], [1, 8]);
  assert.equal([best?.configuration.workers, best?.configuration.threads], [8, 1]);
});

test('a configuration whose server answers errors is kept with its reason, and never the best', async () => {
  const plain = measureOf(POST, 0, randomOf(1));
  const found = await search(
    BATCHING,
    async (configuration, seconds) => {
      const reading = await plain(configuration, seconds);
      return configuration.workers > 2 ? { ...reading, throughput: 1e6, fault: 'status 507' } : reading;
    },
    { fullSeconds: 10 },
  );
  assert.ok(found.trials.some(({ fault }) => fault === 'status 507'));
  assert.is(found.best?.configuration.workers, 2);
  assert.ok(frontOf(found.trials).every(({ fault }) => fault === undefined));
});

test('where every server answers errors there is no best one', async () => {
  const space = { ...SPACES.small };
  const found = await search(space, async () => ({ throughput: 9, latency: 1, took: 1, fault: 'no' }), {
    fullSeconds: 10,
  });
  assert.is(found.best, undefined);
  assert.ok(found.complete);
});

test('what fails only in the whole measurement is not the best, and the next one is', async () => {
  const plain = measureOf(POST, 0, randomOf(1));
  const found = await search(
    BATCHING,
    async (configuration, seconds) => {
      const reading = await plain(configuration, seconds);
      return seconds === 10 && configuration.workers === 8 ? { ...reading, fault: 'late' } : reading;
    },
    { fullSeconds: 10 },
  );
  assert.ok(found.best?.confirmed);
  assert.is.not(found.best?.configuration.workers, 8);
});

test('first looks that were lucky do not keep what is better from being recommended', async () => {
  const plain = measureOf(POST, 0, randomOf(1));
  const isLucky = ({ workers, threads }: Configuration): boolean => workers === 4 && threads === 2;
  const found = await search(
    BATCHING,
    async (configuration, seconds) => {
      const reading = await plain(configuration, seconds);
      return isLucky(configuration)
        ? { ...reading, throughput: reading.throughput * (seconds < 10 ? 3 : 0.5) }
        : reading;
    },
    { fullSeconds: 10 },
  );
  assert.ok(found.best?.confirmed);
  const { throughput } = found.best;
  assert.ok(
    found.trials.some(({ configuration, confirmed }) => confirmed && isLucky(configuration)),
    'none was lucky',
  );
  assert.ok(found.trials.every((trial) => trial.confirmed || trial.throughput <= 1.05 * throughput));
  assert.ok(found.took <= found.sweep / 3);
});

test('an interruption keeps what was measured whole until then, and not what it cut short', async () => {
  const controller = new AbortController();
  let calls = 0;
  const plain = measureOf(POST, 0, randomOf(1));
  const found = await search(
    BATCHING,
    async (configuration, seconds) => {
      if (++calls === 4) controller.abort();
      return plain(configuration, seconds);
    },
    { fullSeconds: 10, signal: controller.signal },
  );
  assert.equal([found.complete, found.trials.length, found.measurements], [false, 3, 3]);
  assert.is(found.best?.confirmed, false);
});

test('another error than an interruption ends the search', async () => {
  const failed = search(BATCHING, () => Promise.reject(new Error('no disk')), { fullSeconds: 10 });
  await failed.then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), /no disk/),
  );
});

test('a space of three configurations is measured whole', async () => {
  const space = { ...SPACES.small, workers: [1], threads: [1] };
  const found = await search(space, measureOf(POST, 0, randomOf(1)), { fullSeconds: 10 });
  assert.is(found.measurements, 3);
  assert.ok(found.trials.every(({ confirmed }) => confirmed));
});

test('every configuration of a space is there once: without batches a delay tells nothing apart', () => {
  const all = allOf(BATCHING);
  assert.is(all.length, sizeOf(BATCHING));
  assert.is(all.length, 4 * 4 * (1 + 2 * 3) * 6);
  assert.equal(powersOfTwo(1, 6), [1, 2, 4, 6]);
  assert.equal(powersOfTwo(0, 5), [0, 1, 2, 4, 5]);
  assert.equal(powersOfTwo(3, 3), [3]);
});

test.run();
