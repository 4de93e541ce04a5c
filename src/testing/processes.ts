import { readdir, readFile } from 'node:fs/promises';
import { FROM_SOURCE } from '#own-files.js';
import { parseStat } from '#process-stat.js';

/** A process as /proc shows it. */
interface Process {
  readonly pid: number;
  readonly program: string;
  readonly state: string | undefined;
  readonly parent: number;
}

/** What holds a contained worker: the command that makes namespaces, and what starts the worker itself below it. */
const HOLDERS = new Set(['unshare', 'sh', 'setpriv']);

/** The programs that descend from a worker, by name; `pid` is what was started, be it the worker or what holds it. */
export async function programsBelow(pid: number): Promise<string[]> {
  const processes = await running();
  const found: string[] = [];
  for (
    let next = childrenOf(processes, workerBelow(processes, pid));
    next.length > 0;
    next = next.flatMap((one) => childrenOf(processes, one.pid))
  )
    found.push(...next.map(({ program }) => program));
  // The loader of TypeScript, where this program runs from its sources.
  return FROM_SOURCE ? found.filter((program) => program !== 'esbuild') : found;
}

function workerBelow(processes: readonly Process[], pid: number): number {
  let worker = pid;
  for (let holder = processes.find((one) => one.pid === pid); holder && HOLDERS.has(holder.program); ) {
    const [held] = childrenOf(processes, holder.pid);
    if (held === undefined) break;
    worker = held.pid;
    holder = held;
  }
  return worker;
}

function childrenOf(processes: readonly Process[], of: number): Process[] {
  return processes.filter(({ parent, state }) => parent === of && state !== 'Z');
}

async function running(): Promise<Process[]> {
  const numbers = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    numbers.map(async (name) => {
      const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      const { program = '', fields: [state, parent] = [] } = parseStat(text) ?? {};
      return { pid: Number(name), program, state, parent: Number(parent) };
    }),
  );
}
