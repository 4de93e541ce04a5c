import { readdirSync, readFileSync } from 'node:fs';
import { parseStat } from '#process-stat.js';

/** What processes have of the machine's memory. */
export interface MemoryUse {
  /** Resident bytes; what several processes share counts in each. */
  readonly residentBytes: number;
  /** Their proportional share of resident memory in bytes, where the system tells. */
  readonly proportionalBytes?: number;
}

/** Ticks of /proc in a second: fixed for programs on Linux, whatever the kernel's own clock is. */
const TICKS = 100;

/** The processes of a server: its front end alone, then each child with all below it. Empty where there is no /proc or it is gone. */
export function processGroups(root: number): number[][] {
  const children = new Map<number, number[]>();
  const names = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  for (const pid of names.map(Number)) {
    const parent = Number(statOf(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return names.includes(String(root)) ? [[root], ...(children.get(root) ?? []).map(below)] : [];
}

/** The name of the program that a process runs; empty when it is gone. */
export function programOf(pid: number): string {
  return readText(`/proc/${pid}/comm`).trim();
}

/** Seconds of a processor that processes have used since they began; those that are gone count nothing. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = statOf(pid);
    return sum + (fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0);
  }, 0);
}

/** The memory that processes have now; undefined where the system does not tell. */
export function memoryOf(pids: readonly number[]): MemoryUse | undefined {
  let [resident, proportional] = [0, 0];
  for (const pid of pids) {
    resident += kilobytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m);
    proportional += kilobytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
  }
  if (resident === 0) return undefined;
  return { residentBytes: resident * 1024, ...(proportional > 0 && { proportionalBytes: proportional * 1024 }) };
}

/** Seconds that all processors of the machine have been busy; undefined where the system does not tell. */
export function machineBusySeconds(): number | undefined {
  const text = /^cpu +([\d ]+)/.exec(readText('/proc/stat'))?.[1];
  if (text === undefined) return undefined;
  // user, nice, system, idle, iowait, irq, softirq, steal: two of them are rest.
  const busy = text.split(' ').filter((_, index) => index < 8 && index !== 3 && index !== 4);
  return busy.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

function kilobytes(file: string, pattern: RegExp): number {
  return Number(pattern.exec(readText(file))?.[1] ?? 0);
}

function statOf(pid: number): readonly string[] | undefined {
  return parseStat(readText(`/proc/${pid}/stat`))?.fields;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
