import { MarError } from '#errors/mar-error.js';
import { checkNumbers } from './check-numbers.js';
import { readCosts } from './costs.js';
import type { Scaling } from './engine/fleet.js';
import { capacityOf, type Effort, expect } from './expect.js';
import type { SimulateOptions } from './options.js';
import { type Measurement, readMeasured } from './read-measured.js';
import type { SimulationResult } from './result.js';
import { search } from './search.js';
import { closedForm } from './service/closed-form.js';
import { warningsOf } from './warnings.js';

/**
 * Simulates our queue, batcher and workers behind a load by discrete events, and says what latency, throughput and cost to expect, and how far that may lie off.
 * With an objective it searches the fewest replicas that keep it. Throws `ERR_SIMULATE_FILE`, `ERR_OPTION`, `ERR_USAGE` and `ERR_COST_FILE`.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  checkNumbers(options);
  const basis = await readCosts(options);
  const known = await timesOf(options);
  const { service, warnings } = known;
  const { slo: limits = [], maxReplicas = 1000, command } = options;
  const shape = {
    workers: options.workers ?? known.workers ?? 1,
    batchSize: options.batchSize ?? known.batchSize ?? 1,
    maxBatchDelay: options.maxBatchDelay ?? known.maxBatchDelay ?? 100,
    queueSize: options.queueSize ?? 100,
    prefetch: options.prefetch ?? 6,
  };
  const scaling = scalingOf(options);
  const { replicas: given = 1 } = options;
  const capacity = capacityOf({ service, shape });
  const effort: Effort = {
    ...{ service, shape, capacity, rate: options.rate, signal: options.signal },
    ...(scaling && { scaling }),
    replicas: typeof given === 'number' ? given : given.least,
    balance: options.balance ?? 'round-robin',
    arrivals: options.arrivals ?? 'poisson',
    requests: options.requests ?? 1_000_000,
    runs: options.runs ?? 10,
    seed: options.seed ?? 1,
  };
  const least = Math.floor(options.rate / capacity) + 1;
  const found =
    limits.length === 0
      ? undefined
      : await search(limits, { least, most: maxReplicas }, (replicas) => expect({ ...effort, replicas }));
  const expected = found?.best.expected ?? (await expect(effort));
  const costs = basis.costs?.(expected);
  const { rate, arrivals, balance, requests, runs, seed } = effort;
  return {
    format: 1,
    ...(command !== undefined && { command }),
    asked: {
      ...{ service: service.words, serviceMean: service.mean(1), rate, arrivals, replica: shape },
      ...{ replicas: found?.best.replicas ?? effort.replicas, balance, requests, runs, seed },
      ...(scaling && { scaling }),
    },
    ...{ capacity, expected },
    ...(found && { slo: { limits, met: found.met, tried: found.tried } }),
    ...(costs && { costs }),
    warnings: [...warnings, ...warningsOf({ effort, expected, found, limits, maxReplicas }), ...basis.warnings],
  };
}

type Times = Omit<Measurement, 'service'> & { readonly service: Effort['service'] };

async function timesOf({ measured, service, furtherMs }: SimulateOptions): Promise<Times> {
  if (measured !== undefined && service === undefined && furtherMs === undefined) return readMeasured(measured);
  if (measured === undefined && service !== undefined) return { service: closedForm(service, furtherMs), warnings: [] };
  throw new MarError(
    measured === undefined
      ? 'It is not said what a request takes.'
      : 'Service times are given twice: measured, and in words.',
    { code: 'ERR_USAGE', hint: 'Name a result of mar bench (x.json), or a distribution: --service exponential:10ms.' },
  );
}

function scalingOf({ replicas, scaling, slo = [] }: SimulateOptions): Scaling | undefined {
  const range = typeof replicas === 'object' ? replicas : undefined;
  if (slo.length > 0 && (replicas !== undefined || scaling !== undefined)) {
    throw new MarError('An objective searches the number of replicas, and that is given.', {
      code: 'ERR_USAGE',
      hint: 'Leave out one of --slo and --replicas; --max-replicas bounds the search.',
    });
  }
  if ((range === undefined) !== (scaling === undefined)) {
    throw new MarError('A range of replicas and the rule that chooses from it are given without each other.', {
      code: 'ERR_USAGE',
      hint: 'Give both: --replicas 2..20 --target 8 (requests in flight that each replica is meant to have).',
    });
  }
  if (range === undefined || scaling === undefined) return undefined;
  const { target, startUp = 30, every = 15, downAfter = 300 } = scaling;
  return { ...range, target, startUp: 1000 * startUp, every: 1000 * every, downAfter: 1000 * downAfter };
}
