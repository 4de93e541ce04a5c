import { isObject, type JsonObject, objectAt } from '#json-object.js';
import type { Versions } from '../machine.js';
import type { BenchResult } from '../result.js';

/** What of a measurement a baseline should have in common with it. */
export type Circumstances = Pick<BenchResult, 'target'> & {
  readonly versions: Versions;
  readonly load: Pick<BenchResult['load'], 'requests'>;
};

const SETTINGS = ['workers', 'threads', 'batchSize', 'maxBatchDelay'] as const;

/** What makes a comparison with an earlier result less than one of like with like, a sentence each. */
export function differencesFrom(baseline: JsonObject, { target, versions, load }: Circumstances): string[] {
  const before = objectAt(baseline, 'target');
  const told = (what: string, then: unknown, now: unknown): string[] =>
    JSON.stringify(then) === JSON.stringify(now)
      ? []
      : [`The baseline had ${what} ${shown(then)}, this run has ${shown(now)}.`];
  const requests = objectAt(baseline, 'load')['requests'];
  const failed = Object.keys(objectAt(baseline, 'errors')).length > 0;
  return [
    ...SETTINGS.flatMap((key) => told(key, before[key], target[key])),
    ...told('device', before['device'], target.device),
    ...told('Node', objectAt(baseline, 'versions')['node'], versions.node),
    ...(JSON.stringify(requests) === JSON.stringify(load.requests)
      ? []
      : ['The baseline was of other requests: their names or sizes differ.']),
    ...(failed ? ['Requests failed in the baseline: its figures are of the others.'] : []),
  ];
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return isObject(value) ? JSON.stringify(value) : String(value);
}
