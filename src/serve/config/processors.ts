import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Processors that this process may keep busy, 1 at least: those that it may run on, or fewer where a container has a quota, rounded up
 * as Java does. `cgroup` is where Linux mounts the control groups.
 */
export function processors(cgroup = '/sys/fs/cgroup'): number {
  const [quota, period] = cpuQuota(cgroup);
  const allowed = quota > 0 && period > 0 ? Math.ceil(quota / period) : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(availableParallelism(), allowed));
}

/** Microseconds of processor time in each period of so many; without a quota the first is NaN (version 2) or -1 (version 1). */
function cpuQuota(cgroup: string): [quota: number, period: number] {
  const version2 = read(join(cgroup, 'cpu.max'));
  const [quota, period] = version2?.split(' ') ?? [
    read(join(cgroup, 'cpu', 'cpu.cfs_quota_us')),
    read(join(cgroup, 'cpu', 'cpu.cfs_period_us')),
  ];
  return [Number(quota), Number(period)];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
