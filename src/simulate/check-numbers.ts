import { MarError } from '#errors/mar-error.js';
import type { SimulateOptions } from './options.js';

/** Requests of one run that a simulation holds in memory at most. */
const MOST_REQUESTS = 200_000_000;

type Test = readonly [name: string, value: number | undefined, kind: 'above 0' | 'from 0' | 'a whole number from'];

/** Throws `ERR_OPTION` where a number is none that can be simulated, or a range is turned round. */
export function checkNumbers(options: SimulateOptions): void {
  const { replicas, scaling, slo = [], runs = 10, requests = 1_000_000 } = options;
  const range = typeof replicas === 'object' ? replicas : { least: replicas ?? 1, most: replicas ?? 1 };
  const positive: Test[] = [
    ['rate', options.rate, 'above 0'],
    ['target', scaling?.target, 'above 0'],
    ['scale-every', scaling?.every, 'above 0'],
    ['start-up', scaling?.startUp, 'from 0'],
    ['scale-down-after', scaling?.downAfter, 'from 0'],
    ['max-batch-delay', options.maxBatchDelay, 'from 0'],
    ['further', options.furtherMs, 'from 0'],
    ...slo.map(({ figure, milliseconds }): Test => [`limit of ${figure}`, milliseconds, 'above 0']),
  ];
  for (const [name, value, kind] of positive) {
    if (value !== undefined && !(Number.isFinite(value) && (kind === 'above 0' ? value > 0 : value >= 0)))
      throw refused(`The ${name} is ${value}, expected a number ${kind}.`);
  }
  const whole = { workers: options.workers, 'batch size': options.batchSize, prefetch: options.prefetch };
  const counts = { ...whole, replicas: range.least, 'max-replicas': options.maxReplicas, seed: options.seed };
  for (const [name, value] of Object.entries(counts)) {
    const least = name === 'seed' ? 0 : 1;
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
      throw refused(`The ${name} is ${value}, expected a whole number from ${least}.`);
  }
  if (range.most < range.least)
    throw refused(
      `The range of replicas ${range.least}..${range.most} is turned round: it begins with its larger end.`,
    );
  const { queueSize = 0 } = options;
  if (!(queueSize >= 0 && (Number.isInteger(queueSize) || queueSize === Number.POSITIVE_INFINITY)))
    throw refused(`The queue size is ${queueSize}, expected a whole number from 0, or unlimited.`);
  if (!Number.isInteger(runs) || runs < 2)
    throw refused(`The number of runs is ${runs}, expected at least 2: one run says nothing of its error.`);
  if (!Number.isInteger(requests) || requests < 100 * runs || requests > MOST_REQUESTS)
    throw refused(
      `${requests} requests are simulated in ${runs} runs, expected 100 for each run at least and ${MOST_REQUESTS} together at most.`,
    );
}

function refused(message: string): MarError {
  return new MarError(message, { code: 'ERR_OPTION' });
}
