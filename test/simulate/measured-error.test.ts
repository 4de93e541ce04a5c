import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulationReport } from '#report/simulation.js';
import type { Estimate } from '#simulate/estimate.js';
import { Random } from '#simulate/random.js';
import type { SimulationResult } from '#simulate/result.js';
import { simulate } from '#simulate/simulate.js';
import { inFolder } from '../support/model-folder.js';
import { meanWaitOfMany } from './closed-results.js';

const MEAN = 10;
/** Requests per second for one worker: 80 % of what it can answer. */
const RATE = 80;

/** What a measurement of so many exponential times foresees of the mean. */
async function foreseen(folder: string, count: number, seed: number): Promise<Estimate> {
  const { expected } = await simulated(folder, count, seed);
  assert.ok(expected.latency);
  return expected.latency.mean;
}

async function simulated(folder: string, count: number, seed: number): Promise<SimulationResult> {
  const random = new Random(seed);
  const times = Array.from({ length: count }, () => [MEAN * random.exponential(), 1]);
  const file = join(folder, 'x.json');
  const result = { format: 1, status: 'complete', rounds: [], errors: {}, target: {} };
  writeFileSync(file, JSON.stringify({ ...result, times: { handler: [{ size: 1, times }], network: [[0.001, 1]] } }));
  const queueSize = Number.POSITIVE_INFINITY;
  return simulate({ measured: file, rate: RATE, queueSize, requests: 100_000, runs: 5 });
}

test(
  'fewer measured times, a wider interval, which further runs do not narrow',
  inFolder({}, async ({ path }) => {
    const [few, many] = [await foreseen(path, 400, 5), await foreseen(path, 40_000, 5)];
    assert.ok(few.half > 3 * many.half, `${few.half} and ${many.half}`);
    assert.ok(few.half > 4 * few.standardError);
  }),
);

test(
  'the interval of a short measurement holds what is true, nearly always',
  inFolder({}, async ({ path }) => {
    const truth = MEAN + meanWaitOfMany(1, RATE / 1000, MEAN);
    const found: Estimate[] = [];
    for (let seed = 1; seed <= 20; seed += 1) found.push(await foreseen(path, 1000, seed));
    const held = found.filter(({ value, half }) => Math.abs(value - truth) <= half).length;
    const byRunsAlone = found.filter(({ value, standardError }) => Math.abs(value - truth) <= 3 * standardError).length;
    assert.ok(held >= 17, `${held} of 20`);
    assert.ok(byRunsAlone <= 14, `by the runs alone ${byRunsAlone} of 20`);
  }),
);

test(
  'where so few times leave the latency open, it is said; in the report it may be up to something, not ± more than all',
  inFolder({}, async ({ path }) => {
    const result = await simulated(path, 40, 3);
    assert.match(
      result.warnings.join('\n'),
      /At \d+(\.\d)? % of what can be answered, 40 measured requests leave the latency open/,
    );
    assert.match(simulationReport(result, { color: false }), /^mean +[\d.]+ ms +up to [\d.]+ m?s$/m);
    const { warnings } = await simulated(path, 40_000, 3);
    assert.equal(warnings, []);
  }),
);

test.run();
