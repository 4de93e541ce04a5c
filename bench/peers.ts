import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Peer, peerPython } from '../test/support/peers.js';
import { commandOf, endTree, processTree } from './processes.js';

/** A model server under measurement, ours or a real peer. */
export interface RunningServer {
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  /** The front end's process: ours itself, the Java one of a peer. */
  readonly frontEnd: () => number;
  /** The process that was started; the others are below it. */
  readonly pid: number;
  /** Throws with the end of its output when the server ended by itself. */
  readonly checkAlive: () => void;
  /** Ends the whole process tree and removes its files. */
  stop(): Promise<void>;
}

export type ServerName = 'ours' | Peer;

/** The servers that can be measured here. */
export function availableServers(): ServerName[] {
  return ['ours', ...(['mms', 'torchserve'] as const).filter((peer) => peerPython(peer) !== undefined)];
}

/** A program of a peer's virtual environment, for example its archiver; undefined where the peer is not installed. */
export function peerProgram(peer: Peer, program: string): string | undefined {
  const python = peerPython(peer);
  return python === undefined ? undefined : join(dirname(python), program);
}

/** A port that is free now, below 32767: the peers take no other. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export interface StartOptions {
  readonly modelStore: string;
  /** Models to load at the start, by name; the value is a file of the model store. */
  readonly models: Readonly<Record<string, string>>;
  readonly workers: number;
  /** Further lines of config.properties. */
  readonly properties?: readonly string[];
}

/** Starts a server with one thread for each worker; resolves at once, before it answers. */
export async function startServer(name: ServerName, options: StartOptions): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), `mar-bench-${name}-`));
  const inferenceUrl = `http://127.0.0.1:${await freePort()}`;
  const managementUrl = `http://127.0.0.1:${await freePort()}`;
  const torchserve = [
    `metrics_address=http://127.0.0.1:${await freePort()}`,
    `grpc_inference_port=${await freePort()}`,
    `grpc_management_port=${await freePort()}`,
  ];
  const config = join(folder, 'config.properties');
  writeFileSync(
    config,
    [
      `inference_address=${inferenceUrl}`,
      `management_address=${managementUrl}`,
      ...(name === 'torchserve' ? torchserve : []),
      `default_workers_per_model=${options.workers}`,
      ...(options.properties ?? []),
      '',
    ].join('\n'),
  );
  const models = Object.entries(options.models).map(([model, file]) => `${model}=${file}`);
  const log = join(folder, 'output.log');
  const output = openSync(log, 'w');
  const child = spawn(...command(name, config, options, models), {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: environment(name, folder),
  });
  closeSync(output);
  return {
    inferenceUrl,
    managementUrl,
    pid: child.pid ?? 0,
    checkAlive: () => {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Error(`${name} ended early:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    },
    frontEnd: () => frontEnd(name, child.pid ?? 0),
    stop: async () => {
      await endTree(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function command(name: ServerName, config: string, options: StartOptions, models: string[]): [string, string[]] {
  const store = ['--model-store', options.modelStore, ...(models.length > 0 ? ['--models', ...models] : [])];
  if (name === 'ours') {
    const program = join(process.cwd(), 'dist/bin/mar.js');
    return [process.execPath, [program, 'serve-local', '--mms-config', config, '--threads', '1', ...store]];
  }
  if (name === 'mms') {
    return [
      peerProgram('mms', 'multi-model-server') ?? '',
      ['--start', '--foreground', '--mms-config', config, ...store],
    ];
  }
  const flags = [
    '--start',
    '--foreground',
    '--ncs',
    '--disable-token-auth',
    '--enable-model-api',
    '--ts-config',
    config,
  ];
  return [peerProgram('torchserve', 'torchserve') ?? '', [...flags, ...store]];
}

function environment(name: ServerName, folder: string): NodeJS.ProcessEnv {
  const python = name === 'ours' ? undefined : peerPython(name);
  const path = [...(python ? [dirname(python)] : []), process.env['PATH'] ?? ''].join(delimiter);
  const own = { TMPDIR: folder, TEMP: folder, LOG_LOCATION: folder, METRICS_LOCATION: folder };
  return { ...process.env, ...own, PATH: path, OMP_NUM_THREADS: '1' };
}

function frontEnd(name: ServerName, launcher: number): number {
  if (name === 'ours') return launcher;
  const java = processTree(launcher).find((pid) => commandOf(pid) === 'java');
  return java ?? launcher;
}
