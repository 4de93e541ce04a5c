import type { BenchResult } from '../result.js';

/** What of a measurement a baseline should have in common with it. */
export type Circumstances = Pick<BenchResult, 'target' | 'versions'> & {
  readonly load: Pick<BenchResult['load'], 'requests'>;
};

const SETTINGS = ['workers', 'threads', 'batchSize', 'maxBatchDelay'] as const;

/** What makes a comparison with an earlier result less than one of like with like, a sentence each. */
export function differencesFrom(
  before: Circumstances & Pick<BenchResult, 'errors'>,
  { target, versions, load }: Circumstances,
): string[] {
  const told = (what: string, then: unknown, now: unknown): string[] =>
    JSON.stringify(then) === JSON.stringify(now)
      ? []
      : [`The baseline had ${what} ${shown(then)}, this run has ${shown(now)}.`];
  return [
    ...SETTINGS.flatMap((key) => told(key, before.target[key], target[key])),
    ...told('device', deviceOf(before.target), deviceOf(target)),
    ...told('Node', before.versions.node, versions.node),
    ...(JSON.stringify(before.load.requests) === JSON.stringify(load.requests)
      ? []
      : ['The baseline was of other requests: their names or sizes differ.']),
    ...(Object.keys(before.errors).length > 0
      ? ['Requests failed in the baseline: its figures are of the others.']
      : []),
  ];
}

function deviceOf({ device }: BenchResult['target']): string | undefined {
  return device && `${device.running} (${device.executionProviders.join(', ')})`;
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : String(value);
}
