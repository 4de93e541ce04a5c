import { type Effort, settling } from './expect.js';
import type { Slo } from './options.js';
import type { Expected } from './result.js';
import type { Search } from './search.js';
import { MeasuredService } from './service/measured.js';

/** Measured batches on which a p99 can rest. */
const FEW_MEASURED = 1000;
/** An interval is too wide to plan with where half of it is more than this share of the mean. */
const LARGE = 0.3;

interface Seen {
  readonly effort: Effort;
  readonly expected: Expected;
  readonly found: Search | undefined;
  readonly limits: readonly Slo[];
  readonly maxReplicas: number;
}

/** What whoever reads the figures has to know, a sentence each. */
export function warningsOf({ effort, expected, found, limits, maxReplicas }: Seen): string[] {
  const { service } = effort;
  return [
    ...overload(effort, expected, found),
    ...unsettled(effort),
    ...(found && !found.met ? [unmet(found, limits, maxReplicas)] : []),
    ...(service instanceof MeasuredService ? thin(service, effort.shape.batchSize, expected) : []),
  ];
}

function overload({ rate, capacity, shape, replicas, scaling }: Effort, expected: Expected, found?: Search): string[] {
  if (expected.load < 1) return [];
  const servers = found?.best.replicas ?? scaling?.most ?? replicas;
  const can = capacity * servers;
  const begin = `${amount(rate)} requests a second arrive, and ${servers === 1 ? 'one replica answers' : `${servers} replicas answer`} ${amount(can)} at most`;
  if (shape.queueSize === Number.POSITIVE_INFINITY)
    return [
      `${begin}: the queue grows by ${amount(rate - can)} requests a second without end, and there is no latency to expect.`,
    ];
  return [`${begin}: queues are always full, and ${percent(expected.refused.value)} of the requests are refused.`];
}

function unsettled(effort: Effort): string[] {
  const { requests, runs } = effort;
  const needed = 2 * settling(effort) * runs;
  if (needed <= requests) return [];
  return [
    `The runs are too short for the rule to settle: its beginning, with too few replicas, is in the figures. Give --requests ${needed}.`,
  ];
}

function unmet({ best }: Search, limits: readonly Slo[], maxReplicas: number): string {
  const { latency, refused } = best.expected;
  const words = limits.map(({ figure, milliseconds }) => {
    const value = latency === null ? 'no steady value' : `${Number(latency[figure].value.toPrecision(3))} ms`;
    return `${figure} ${value} instead of ${milliseconds} ms`;
  });
  const refusals = refused.value > 0 ? `, ${percent(refused.value)} refused` : '';
  const servers = best.replicas === 1 ? 'one replica' : `${best.replicas} replicas`;
  return `No number of replicas up to ${maxReplicas} was found that keeps the objective. The best: ${servers}, with ${words.join(', ')}${refusals}.`;
}

function thin(service: MeasuredService, batchSize: number, { latency, load }: Expected): string[] {
  const { sizes } = service;
  const most = sizes.at(-1) ?? 1;
  const counts = sizes.filter((size) => size <= batchSize).map((size) => service.measured(size));
  const count = counts.reduce((sum, one) => sum + one, 0);
  return [
    ...(latency && latency.mean.half > LARGE * latency.mean.value
      ? [
          `At ${percent(load)} of what can be answered, ${amount(count)} measured requests leave the latency open: measure longer (--duration), or plan for less load.`,
        ]
      : []),
    ...(count < FEW_MEASURED
      ? [
          `The service times rest on ${amount(count)} measured requests: what is rarer than one in ${amount(count)} is not in them.`,
        ]
      : []),
    ...(batchSize > most
      ? [
          `Batches of more than ${most} were not measured: they are taken to last in proportion to their size. Measure with batches of ${batchSize}.`,
        ]
      : []),
  ];
}

function amount(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
