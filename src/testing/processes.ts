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

/**
 * The programs that a worker has started and that still run, by name. Contained, `pid` is the command that makes the namespaces, the worker its only child, and
 * all others descend from that. Else `pid` is the worker, and who left it by a second fork still has the `mark` of the run in its environment.
 */
export async function programsOf(pid: number, mark: Readonly<Record<string, string>> | 'contained'): Promise<string[]> {
  const processes = await running();
  const worker = mark === 'contained' ? childrenOf(processes, pid)[0]?.pid : pid;
  if (worker === undefined) return [];
  const found = new Map<number, string>();
  for (
    let next = childrenOf(processes, worker);
    next.length > 0;
    next = next.flatMap((one) => childrenOf(processes, one.pid))
  )
    for (const { pid: below, program } of next) found.set(below, program);
  if (mark !== 'contained') {
    const others = processes.filter((one) => one.pid !== worker && one.state !== 'Z');
    const marked = await Promise.all(others.map(async (one) => [one, await hasMark(one.pid, mark)] as const));
    for (const [one, itHas] of marked) if (itHas) found.set(one.pid, one.program);
  }
  // The loader of TypeScript, where this program runs from its sources.
  return [...found.values()].filter((program) => !FROM_SOURCE || program !== 'esbuild');
}

async function hasMark(pid: number, mark: Readonly<Record<string, string>>): Promise<boolean> {
  const variables = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
  return Object.entries(mark).every(([name, value]) => variables.includes(`${name}=${value}`));
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
