import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from './models.js';
import { freePort, type RunningServer } from './peers.js';
import { endTree } from './processes.js';

const VERSION = '1.7.1';
/** What a model needs beside it, as the other peers have it; with uvloop 0.22 the worker processes of this MLServer do not start. */
const NEEDS = ['numpy', 'pillow', 'onnxruntime', 'uvloop<0.22'];

/**
 * The Python that has MLServer: of `MAR_BENCH_MLSERVER_PYTHON`, else of a virtual environment that is made once in the cache directory.
 * Undefined where it cannot be made here.
 */
export function mlserverPython(): string | undefined {
  const given = process.env['MAR_BENCH_MLSERVER_PYTHON'];
  if (given !== undefined) return given;
  const folder = join(cacheFolder(), `mlserver-${VERSION}`);
  const python = join(folder, 'bin/python');
  if (existsSync(join(folder, 'complete'))) return python;
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: readonly string[]): boolean => {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) console.error(`MLServer is left out; it could not be installed:\n${String(stderr).slice(-2000)}`);
    return status === 0;
  };
  const isMade =
    run('python3', ['-m', 'venv', folder]) &&
    run(python, ['-m', 'pip', 'install', '-q', `mlserver==${VERSION}`, ...NEEDS]);
  if (!isMade) return undefined;
  writeFileSync(join(folder, 'complete'), '');
  return python;
}

export interface MlserverModel {
  readonly name: string;
  /** A class of bench/handlers/mlserver_models.py. */
  readonly runtime: 'Noop' | 'Numbers' | 'Image';
  /** Files beside it; image.json is written with these settings. */
  readonly files: readonly string[];
  readonly settings?: object;
}

/** Starts MLServer with one model in so many worker processes of one thread each, on this machine only. */
export async function startMlserver(python: string, model: MlserverModel, workers: number): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-mlserver-'));
  layModel(folder, model);
  const [httpPort, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const settings = {
    ...{ host: '127.0.0.1', http_port: httpPort, grpc_port: grpcPort, metrics_port: metricsPort },
    ...{ parallel_workers: workers, debug: false },
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  const log = join(folder, 'output.log');
  const output = openSync(log, 'w');
  const child = spawn(join(dirname(python), 'mlserver'), ['start', folder], {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: { ...process.env, OMP_NUM_THREADS: '1', TMPDIR: folder },
  });
  closeSync(output);
  const url = `http://127.0.0.1:${httpPort}`;
  return {
    inferenceUrl: url,
    managementUrl: url,
    pid: child.pid ?? 0,
    frontEnd: () => child.pid ?? 0,
    checkAlive: () => {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Error(`MLServer ended early:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    },
    stop: async () => {
      await endTree(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function layModel(folder: string, { name, runtime, files, settings }: MlserverModel): void {
  copyFileSync('bench/handlers/mlserver_models.py', join(folder, 'mlserver_models.py'));
  copyFileSync('bench/handlers/deviation.py', join(folder, 'deviation.py'));
  copyFileSync('bench/handlers/image.py', join(folder, 'image.py'));
  for (const file of files) {
    try {
      linkSync(file, join(folder, basename(file)));
    } catch {
      copyFileSync(file, join(folder, basename(file)));
    }
  }
  if (settings) writeFileSync(join(folder, 'image.json'), JSON.stringify(settings));
  const model = { name, implementation: `mlserver_models.${runtime}`, parameters: { uri: './' } };
  writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model));
}
