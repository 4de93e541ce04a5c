import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

type Bin = 'mar' | 'model-archiver';

/** Starts one of the bins from source in a process group of its own; its standard output is a pipe, or this descriptor. */
export function spawnBin(bin: Bin, args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  return spawn(process.execPath, [...programOf(bin), ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', stdout, 'pipe'],
  });
}

/** The same on a pseudo-terminal: what it shows is read from `stdout`, what is typed goes to `stdin`. */
export function spawnInTerminal(bin: Bin, args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const python = ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])'];
  return spawn('python3', [...python, process.execPath, ...programOf(bin), ...args], {
    cwd: root,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

function programOf(bin: Bin): string[] {
  return ['--import', 'tsx', '--conditions=mar-source', `${root}src/bin/${bin}.ts`];
}

/** A `mar serve-local` process on ports of the system's choice. */
export interface Served {
  readonly process: ChildProcess;
  readonly inference: string;
  readonly management: string;
  /** Everything it printed so far on standard error. */
  log(): string;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `mar serve-local ARGS` and waits until it has printed both addresses; rejects with its log when it ends before. */
export async function serveLocal(args: readonly string[]): Promise<Served> {
  const anyPort = 'http://127.0.0.1:0';
  const addresses = ['--inference-address', anyPort, '--management-address', anyPort];
  const child = spawnBin('mar', ['serve-local', ...addresses, ...args]);
  const exited = once(child, 'exit');
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const found = new Map<string, string>();
  if (child.stdout) {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, api, url] = /(inference|management)\S*.*?(http:\/\/\S+)/i.exec(line) ?? [];
      if (api && url) found.set(api.toLowerCase(), url);
      if (found.size === 2) break;
    }
    child.stdout.resume();
  }
  const [inference, management] = [found.get('inference'), found.get('management')];
  if (!inference || !management) throw new Error(`mar serve-local ended before it was ready:\n${log}`);
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const [code] = await exited;
    return code;
  };
  return { process: child, inference, management, log: () => log, stop };
}
