import type { ChildProcess } from 'node:child_process';
import { besideCode } from '#own-files.js';
import { VERSION } from '#version.js';
import { contained, pythonDirectories } from './contain/contain.js';
import { findPython } from './find-python.js';
import { channelOf, nodeEnvironment, spawnWorker } from './launch-node.js';
import type { Launched, WorkerOptions } from './worker.js';

const MAIN = besideCode('worker/python/main.py');

/** Starts our Python worker, over a socket pair as the Node worker. It takes one batch at a time. */
export async function launchPython(options: WorkerOptions, onSpawn: (child: ChildProcess) => void): Promise<Launched> {
  const env = nodeEnvironment(options);
  const python = await findPython({ env, runtime: options.runtime, ...(options.python && { python: options.python }) });
  const command = [python, '-u', '-B', MAIN];
  const started = options.contain
    ? await contained(command, options.contain, [options.modelDir, ...pythonDirectories(python, env)])
    : command;
  const given = { cwd: options.modelDir, env: { ...env, MAR_SERVER_VERSION: VERSION } };
  const child = spawnWorker(started, options, given);
  onSpawn(child);
  return { child, channel: channelOf(child), dialect: { kind: 'mms', ioFd: '' }, depth: 1 };
}
