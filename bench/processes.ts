import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Every process below one, itself first. */
export function processTree(root: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => [
    parent,
    ...pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? below(pid) : [])),
  ];
  return below(root);
}

/**
 * Seconds of a processor that a process and, unless `below` is false, everything below it have used, the ended children of each included;
 * from /proc.
 */
export function processorSeconds(root: number, below = true): number {
  const ticks = (below ? processTree(root) : [root]).map((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    } catch {
      return 0;
    }
  });
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** Ends a process and everything below it. The launchers of the peers leave theirs behind when they are merely told to stop. */
export async function endTree(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  for (const one of processTree(pid)) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // gone in the meantime
    }
  }
  await exited;
}

/** The name of the program that a process runs, from /proc; empty when it is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Resident memory of a process in MB, from /proc. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

export interface Finished {
  readonly seconds: number;
  /** Largest resident memory of the process itself in MB; only for Node programs. */
  readonly peakMegabytes: number | undefined;
}

const PEAK = new URL('./node/peak-memory.mjs', import.meta.url).href;

/** Runs a command to its end and measures it; anything but an expected exit code is an error with what it said. */
export async function runTimed(
  command: string,
  args: readonly string[],
  cwd: string,
  ...expected: readonly number[]
): Promise<Finished> {
  const started = performance.now();
  const nodeArgs = command === process.execPath ? ['--import', PEAK] : [];
  const child = spawn(command, [...nodeArgs, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code]: (number | null)[] = await once(child, 'close');
  const seconds = (performance.now() - started) / 1000;
  if (typeof code !== 'number' || !(expected.length > 0 ? expected : [0]).includes(code))
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}`);
  const peak = /peak-memory (\d+)/.exec(stderr)?.[1];
  return { seconds, peakMegabytes: peak === undefined ? undefined : Number(peak) / 1024 };
}

/** Runs a server of Node that prints its port, and ends it when `use` is done with it. */
export async function withNodeServer<T>(args: readonly string[], use: (port: number) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    return await use(Number(port));
  } finally {
    await endTree(child);
  }
}
