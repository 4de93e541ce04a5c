import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '#errors/codes.js';
import type { SimulateOptions } from '#simulate/options.js';
import { simulate } from '#simulate/simulate.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const FEW = { requests: 20_000, runs: 4 } as const;
const PLAIN: SimulateOptions = { ...FEW, service: 'exponential:10ms', rate: 50 };
/** 1 ms alone, 3 ms together with three others; 0.5 ms on the way. */
const TIMES = {
  handler: [
    { size: 1, times: [[1, 1000]] },
    {
      size: 4,
      times: [
        [2, 500],
        [4, 500],
      ],
    },
  ],
  network: [[0.5, 2000]],
};
const TARGET = { workers: 2, batchSize: 4, maxBatchDelay: 7 };
const RESULT = { format: 1, status: 'complete', rounds: [], errors: {}, target: TARGET, times: TIMES };

const MISTAKES: readonly (readonly [change: Partial<SimulateOptions>, code: ErrorCode, says: RegExp])[] = [
  [{ rate: 0 }, 'ERR_OPTION', /^The rate is 0, expected a number above 0/],
  [{ rate: -5 }, 'ERR_OPTION', /^The rate is -5/],
  [{ rate: Number.NaN }, 'ERR_OPTION', /^The rate is NaN/],
  [{ workers: 0 }, 'ERR_OPTION', /^The workers is 0|^The number of workers is 0/],
  [
    { replicas: { least: 5, most: 2 }, scaling: { target: 1 } },
    'ERR_OPTION',
    /range of replicas 5\.\.2 is turned round/,
  ],
  [{ replicas: { least: 1, most: 2 } }, 'ERR_USAGE', /without each other/],
  [{ scaling: { target: 2 } }, 'ERR_USAGE', /without each other/],
  [
    { replicas: 2, slo: [{ figure: 'p99', milliseconds: 50 }] },
    'ERR_USAGE',
    /searches the number of replicas, and that is given/,
  ],
  [{ slo: [{ figure: 'p99', milliseconds: 0 }] }, 'ERR_OPTION', /limit of p99 is 0/],
  [{ queueSize: -1 }, 'ERR_OPTION', /queue size is -1/],
  [{ runs: 1 }, 'ERR_OPTION', /one run says nothing of its error/],
  [{ requests: 10 }, 'ERR_OPTION', /expected 100 for each run at least/],
  [{ service: 'uniform:15ms..5ms' }, 'ERR_OPTION', /is a range turned round/],
  [{ service: 'exponentail:5ms' }, 'ERR_OPTION', /of no known form.*exponential/],
  [{ service: 'fixed:0ms' }, 'ERR_OPTION', /'0ms' where a time above 0/],
  [{ service: 'fixed:10' }, 'ERR_OPTION', /'10' where a time above 0/],
  [{ measured: 'x.json' }, 'ERR_USAGE', /given twice/],
  [{ uses: ['m5.large'] }, 'ERR_USAGE', /no prices/],
  [{ priceFile: 'prices.json' }, 'ERR_USAGE', /what a replica rents/],
];

for (const [change, code, says] of MISTAKES) {
  test(`${JSON.stringify(change)} is refused`, async () => {
    const { message } = await rejectsWith(code, () => simulate({ ...PLAIN, ...change }));
    assert.match(message, says);
  });
}

test('without any service time it is said how to give one', async () => {
  const { hint } = await rejectsWith('ERR_USAGE', () => simulate({ rate: 1 }));
  assert.match(hint ?? '', /--service exponential:10ms/);
});

const FILES: readonly (readonly [what: string, content: string, says: RegExp])[] = [
  ['not JSON', '{', /is not JSON/],
  ['a file of prices', '{"date": "2026-01-01", "currency": "USD", "hourly": {"a": 1}}', /is not a result of mar bench/],
  ['a result without times', JSON.stringify({ ...RESULT, times: undefined }), /it has no service times/],
  [
    'a result with no batch',
    JSON.stringify({ ...RESULT, times: { ...TIMES, handler: [] } }),
    /it has no service times/,
  ],
  ['an empty distribution', JSON.stringify({ ...RESULT, times: { ...TIMES, network: [] } }), /times\.network is empty/],
  [
    'a size of 0',
    JSON.stringify({ ...RESULT, times: { ...TIMES, handler: [{ size: 0, times: [[1, 1]] }] } }),
    /no batch size from 1/,
  ],
  [
    'a time below 0',
    JSON.stringify({ ...RESULT, times: { ...TIMES, network: [[-1, 5]] } }),
    /something else than pairs/,
  ],
];

for (const [what, content, says] of FILES) {
  test(
    `${what} has no times to simulate with`,
    inFolder({}, async ({ path: folder }) => {
      const file = join(folder, 'x.json');
      writeFileSync(file, content);
      const { message } = await rejectsWith('ERR_SIMULATE_FILE', () => simulate({ measured: file, rate: 1 }));
      assert.match(message, says);
      assert.ok(message.includes(file));
    }),
  );
}

test('a file that is not there is named', async () => {
  const { message } = await rejectsWith('ERR_SIMULATE_FILE', () => simulate({ measured: 'nowhere.json', rate: 1 }));
  assert.match(message, /nowhere\.json cannot be used: it cannot be read/);
});

test(
  'a measurement brings its times, workers and batches, and the time on the way is on top',
  inFolder({}, async ({ path: folder }) => {
    const file = join(folder, 'x.json');
    writeFileSync(file, JSON.stringify(RESULT));
    const one = { ...FEW, measured: file, rate: 100, arrivals: 'steady' } as const;
    const { asked, expected, warnings } = await simulate({ ...one, batchSize: 1 });
    assert.equal([asked.replica.workers, asked.replica.maxBatchDelay], [2, 7]);
    assert.ok(Math.abs((expected.latency?.mean.value ?? 0) - 1.5) < 1e-6);
    assert.equal(warnings, []);
    // Batches of 2 take a third of the way from 1 to 3 ms; none of them fills up in 7 ms, at 250 /s.
    const two = await simulate({ ...one, rate: 250 });
    assert.is(two.expected.batch.value, 2);
    assert.ok(Math.abs((two.expected.latency?.mean.value ?? 0) - (5 + 5 / 3 + 0.5)) < 0.01);
    const eight = await simulate({ ...one, batchSize: 8 });
    assert.match(eight.warnings.join(), /Batches of more than 4 were not measured/);
    // Four workers' worth: two with batches of eight in 6 ms.
    assert.ok(Math.abs(eight.capacity - (2 * 4000) / 3) < 1e-6);
  }),
);

test(
  'a measurement that was not completed, failed requests and few times are warnings',
  inFolder({}, async ({ path: folder }) => {
    const file = join(folder, 'x.json');
    const times = { handler: [{ size: 1, times: [[1, 50]] }], network: [[1, 50]] };
    writeFileSync(file, JSON.stringify({ ...RESULT, status: 'lost', errors: { timeout: 3 }, times }));
    const { warnings } = await simulate({ ...FEW, measured: file, rate: 100, batchSize: 1 });
    assert.match(
      warnings.join('\n'),
      /not completed \(lost\)[\s\S]*requests failed[\s\S]*rest on 50 measured requests/,
    );
  }),
);

test(
  'a measurement in which no request ever waited for a worker is a warning: the way to an idle one is in each time',
  inFolder({}, async ({ path: folder }) => {
    const file = join(folder, 'x.json');
    const warned = async (shape: object): Promise<string> => {
      writeFileSync(file, JSON.stringify({ ...RESULT, target: { workers: 2, batchSize: 4 }, load: { shape } }));
      return (await simulate({ ...FEW, measured: file, rate: 100 })).warnings.join('\n');
    };
    assert.match(
      await warned({ kind: 'closed', connections: 8 }),
      /8 clients asked workers that take 8 requests at once[\s\S]*twice as many clients: -c 16\./,
    );
    assert.not.match(await warned({ kind: 'closed', connections: 9 }), /clients/);
    assert.not.match(await warned({ kind: 'open', connections: 1 }), /clients/);
  }),
);

test('an objective finds the fewest replicas: one less does not keep it', async () => {
  const limits = [{ figure: 'p99', milliseconds: 60 }] as const;
  const options = { ...FEW, service: 'exponential:10ms', rate: 400 };
  const { asked, slo, warnings } = await simulate({ ...options, slo: limits });
  assert.ok(slo?.met);
  assert.equal(warnings, []);
  const before = await simulate({ ...options, replicas: asked.replicas - 1 });
  const at = await simulate({ ...options, replicas: asked.replicas });
  const upper = ({ expected: { latency } }: typeof at): number =>
    latency ? latency.p99.value + latency.p99.half : Number.NaN;
  assert.ok(upper(before) > 60, `${asked.replicas - 1}: ${upper(before)}`);
  assert.ok(upper(at) <= 60, `${asked.replicas}: ${upper(at)}`);
});

test('an objective below the service time cannot be kept: the best found is told, and it takes few tries', async () => {
  const { slo, warnings, asked } = await simulate({ ...PLAIN, slo: [{ figure: 'p99', milliseconds: 20 }] });
  assert.is(slo?.met, false);
  assert.ok((slo?.tried.length ?? 99) < 8);
  assert.match(
    warnings.join('\n'),
    new RegExp(
      `No number of replicas up to 1000 .* The best: ${asked.replicas} replicas, with p99 [\\d.]+ ms instead of 20 ms`,
    ),
  );
});

test('an objective that needs more replicas than are allowed says so, and what is refused', async () => {
  const { slo, warnings } = await simulate({
    ...PLAIN,
    rate: 1000,
    maxReplicas: 5,
    slo: [{ figure: 'mean', milliseconds: 30 }],
  });
  assert.is(slo?.met, false);
  assert.match(warnings.join('\n'), /5 replicas answer 500 at most[\s\S]*up to 5 was found[\s\S]*4\d(\.\d)? % refused/);
});

test('more than can be answered: what a bounded queue refuses, and that an unbounded one grows without end', async () => {
  const bounded = await simulate({ ...PLAIN, rate: 200 });
  assert.match(
    bounded.warnings.join(),
    /200 requests a second arrive, and one replica answers 100 at most: queues are always full, and (49|50)/,
  );
  const endless = await simulate({ ...PLAIN, rate: 200, queueSize: Number.POSITIVE_INFINITY });
  assert.is(endless.expected.latency, null);
  assert.match(endless.warnings.join(), /the queue grows by 100 requests a second without end/);
});

test(
  'costs: replicas times their price, over what is answered; old and missing prices are warnings',
  inFolder({}, async ({ path: folder }) => {
    const priceFile = join(folder, 'prices.json');
    writeFileSync(
      priceFile,
      JSON.stringify({ date: '2026-01-01', currency: 'USD', hourly: { big: 0.36, disk: 0.04 } }),
    );
    const now = new Date('2026-02-01T00:00:00Z');
    const paid = { ...PLAIN, priceFile, uses: ['big', 'disk'], replicas: 3, now };
    const { costs, expected, warnings } = await simulate(paid);
    assert.ok(costs);
    assert.ok(Math.abs(costs.hourly - 1.2) < 1e-9);
    assert.ok(Math.abs((costs.cost ?? 0) - (1.2 / (3600 * expected.throughput.value)) * 100_000) < 1e-9);
    assert.equal(warnings, []);
    const old = await simulate({ ...paid, now: new Date('2028-02-01T00:00:00Z') });
    assert.match(old.warnings.join(), /The prices are of 2026-01-01, 2 years ago/);
    const missing = await simulate({ ...paid, uses: ['bgi'] });
    assert.is(missing.costs, undefined);
    assert.match(missing.warnings.join(), /have none for 'bgi', which 'a replica' uses.*So there is no cost/);
  }),
);

test('the same seed gives the same result, another one another within its interval', async () => {
  const one = await simulate(PLAIN);
  assert.equal(one, await simulate(PLAIN));
  const other = await simulate({ ...PLAIN, seed: 2 });
  const [first, second] = [one.expected.latency?.mean, other.expected.latency?.mean];
  assert.ok(first && second && first.value !== second.value);
  assert.ok(Math.abs(first.value - second.value) < 3 * (first.half + second.half));
});

test('an abort ends it', async () => {
  const ending = new AbortController();
  ending.abort(new Error('enough'));
  try {
    await simulate({ ...PLAIN, signal: ending.signal });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /enough/);
  }
});

test.run();
