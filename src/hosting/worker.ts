import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { Runtime } from '#manifest/manifest.js';
import type { RunningSessions } from '#protocol/load-report.js';
import type { LoadDialect, SentJob, WorkerResponse } from '#protocol/messages.js';
import type { Containment } from './contain/contain.js';

/** What a worker is started with. The archive is already extracted: the worker reads the manifest in `modelDir` itself. */
export interface WorkerOptions {
  readonly modelName: string;
  /** Directory of the extracted archive; the worker's current directory. */
  readonly modelDir: string;
  /** The manifest's path in `modelDir`; without it the worker looks at `MAR-INF/MANIFEST.json`. */
  readonly manifestPath?: string;
  /** `service:handle`, as in the manifest or in the registration that overrides it. */
  readonly handler: string;
  /** Decides the launcher: `nodejs` runs our Node worker, the Python ones our Python worker. */
  readonly runtime: Runtime;
  readonly batchSize: number;
  /** -1 = cpu (the default). */
  readonly gpuId?: number;
  /** Threads of the inference library, handed over as OMP_NUM_THREADS; without it the worker's environment decides. */
  readonly threads?: number;
  /** The whole environment of the worker, already scrubbed; defaults to this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Python interpreter to use, before every other candidate. */
  readonly python?: string;
  /** Runs the worker in namespaces of its own; the caller has asked `cannotContain`. */
  readonly contain?: Containment;
  /** Called once the process is gone; `exited` waits for it. Not called where none was started. */
  readonly onGone?: () => Promise<void>;
  /** From spawn to the answer of the load message; default 120,000. */
  readonly startupTimeoutMs?: number;
  /** Largest body of an answer in bytes; a worker that exceeds it is ended. Default 64 MiB. */
  readonly maxResponseBytes?: number;
  /** Each line that the worker prints, without its newline, paths of the archive as inside it; last words are in `exited` alone. */
  readonly onLine?: (line: WorkerLine) => void;
  /** Aborting ends the worker, during its start too. */
  readonly signal?: AbortSignal;
  /** Replaces the choice by `runtime` (Multi Model Server's own workers in tests). */
  readonly launcher?: Launcher;
}

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

export interface WorkerLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What tells a worker from others: its id as describe shows it, and the GPU that it is told to use (-1 = none). */
export interface WorkerIdentity {
  readonly id: string;
  readonly gpuId: number;
}

/** How a worker process ended, as the operating system tells it. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** True after `stop()` or an aborted signal; false for a death nobody asked for. */
  readonly expected: boolean;
  /** One sentence for people: `exited with code 3`, `was killed by SIGSEGV`, `did not answer within 2000 ms`. */
  readonly reason: string;
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;
  /** The last lines of its stderr, oldest first. */
  readonly stderr: readonly string[];
  /** Those of them that `onLine` was not given: whoever reports the end tells them. Empty after an expected one. */
  readonly untold: readonly string[];
}

/** How a worker ended. */
export interface WorkerExit extends WorkerEnd {
  /** Ids of the requests that were lost with it. */
  readonly requests: readonly string[];
}

/**
 * One worker process that has loaded its model. `WorkerHandle.start` is the implementation; the pool depends on this interface.
 *
 * A start rejects with a `MarError`: `ERR_WORKER_LOAD` (the handler failed; `status` of Multi Model Server is 500),
 * `ERR_WORKER_OUT_OF_MEMORY` (507), `ERR_WORKER_TIMEOUT`, `ERR_WORKER_DIED` (ended before it answered),
 * `ERR_INTERPRETER_NOT_FOUND`; `detail` holds the handler's own error, its stack and the last lines of its stderr.
 */
export interface Worker {
  readonly pid: number;
  /** How many batches may be under way at once: more than 1 where the worker prepares the next ones during the current. */
  readonly depth: number;
  /** Where its sessions run, as it says itself; undefined where it has none that it knows of. */
  readonly sessions: RunningSessions | undefined;
  /** On what its times are measured, a part of a sentence; absent where that is this machine and nothing else was asked for. */
  readonly runsOn?: string;
  /** False once it exited or began to stop. */
  readonly alive: boolean;
  /**
   * Runs one batch. Answers arrive in order of the calls. Code 200 carries one prediction per job; another code is the failure
   * of the whole batch (503 "Prediction failed", 507 "Out of resources", a PredictionError's own); below the first line of our own
   * workers' messages stands the handler's error with its stack, and perhaps a line `hint: …`.
   * Rejects with `ERR_WORKER_DIED`, `ERR_WORKER_TIMEOUT` (the worker is killed then: it may loop) or `ERR_WORKER_PROTOCOL`;
   * with `ERR_WORKER_UNSTARTED` when the worker was lost with the batch before: this one may be given to another.
   */
  predict(jobs: readonly SentJob[], options?: { readonly timeoutMs?: number }): Promise<WorkerResponse>;
  /** Lets batches under way finish for up to `graceMs` (default 2000), then ends the process; resolves when it is gone. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /** Settles when the process is gone, whatever the cause; never rejects. */
  readonly exited: Promise<WorkerExit>;
  /** Resident memory in bytes, 0 when unknown. */
  memory(): Promise<number>;
}
