import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { LoadDialect } from '#protocol/messages.js';
import type { WorkerOptions } from './worker.js';

/** A worker process that accepts the load message. */
export interface Launched {
  readonly child: ChildProcess;
  /** The binary protocol, both directions; its end is the end of the worker. */
  readonly channel: Duplex;
  /** The layout of the load message that this worker reads. */
  readonly dialect: LoadDialect;
  /** Batches that may be under way at once. */
  readonly depth: number;
}

/**
 * One way to start a worker process. `onSpawn` is called as soon as the process exists, so that its output and its early death
 * are seen while the launcher still waits for it to become reachable.
 */
export type Launcher = (options: WorkerOptions, onSpawn: (child: ChildProcess) => void) => Promise<Launched>;
