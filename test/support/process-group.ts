import { spawnSync } from 'node:child_process';

/** The living processes of a group (zombies are dead), as `pid command` lines; empty where `ps` is not installed. */
export function livingIn(group: number): string[] {
  const listing = spawnSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,args='], { encoding: 'utf8' });
  return (listing.stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, pgid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return Number(pgid) === group && !state?.startsWith('Z') ? [`${pid} ${command}`] : [];
  });
}

/** Ends every process of a group; a group that is gone already is fine. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // ESRCH: nobody left
  }
}
