import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { MarError, messageOf } from '#errors/mar-error.js';
import { encodeLoad } from '#protocol/load.js';
import { type RunningSessions, sessionsOf } from '#protocol/load-report.js';
import type { SentJob, WorkerResponse } from '#protocol/messages.js';
import { encodePredict } from '#protocol/predict.js';
import { responseDecoder } from '#protocol/response.js';
import { send } from '#protocol/send.js';
import { archivePaths } from './archive-paths.js';
import { LARGE_ANSWER, NO_PROTOCOL, SLOW_ANSWER, SLOW_START } from './death-advice.js';
import { chooseLauncher } from './launcher.js';
import { PendingBatches } from './pending-batches.js';
import type { Worker, WorkerEnd, WorkerExit, WorkerLine, WorkerOptions } from './worker.js';
import { loadFailure, type WorkerDeathCode, workerDied } from './worker-failure.js';
import { WorkerProcess } from './worker-process.js';

const STARTUP_TIMEOUT_MS = 120_000;
const STOP_GRACE_MS = 2000;
const CLOSED_GRACE_MS = 500;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** A worker process that has loaded its model; the front end's end of the worker protocol. */
export class WorkerHandle implements Worker {
  readonly #options: WorkerOptions;
  readonly #relative: (text: string) => string;
  #process: WorkerProcess | undefined;
  #channel: Duplex | undefined;
  #depth = 1;
  #alive = true;
  #loaded = false;
  #sessions: RunningSessions | undefined;
  #settle: (exit: WorkerExit) => void = () => {};
  readonly exited: Promise<WorkerExit> = new Promise((resolve) => {
    this.#settle = resolve;
  });
  readonly #pending = new PendingBatches((ms) =>
    this.#fail(`did not answer within ${ms} ms`, 'ERR_WORKER_TIMEOUT', SLOW_ANSWER),
  );
  #drained: () => void = () => {};

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#relative = archivePaths(options.modelDir);
  }

  /** Starts a process, loads the model in it, and resolves when it can predict; see `Worker` for the errors. */
  static async start(options: WorkerOptions): Promise<WorkerHandle> {
    const handle = new WorkerHandle(options);
    await handle.#start();
    return handle;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get depth(): number {
    return this.#depth;
  }

  get sessions(): RunningSessions | undefined {
    return this.#sessions;
  }

  get alive(): boolean {
    return this.#alive;
  }

  async predict(jobs: readonly SentJob[], options?: { readonly timeoutMs?: number }): Promise<WorkerResponse> {
    if (!this.#alive || !this.#channel) throw workerDied(this.#options.modelName, await this.exited);
    // Before anything is owed for it: what cannot be said has no answer.
    const message = encodePredict({ jobs });
    const answer = this.#pending.add(jobs, options?.timeoutMs);
    send(this.#channel, message);
    return answer;
  }

  async stop({ graceMs = STOP_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#alive = false;
    this.#process?.expect('was stopped');
    const timer = setTimeout(() => this.#process?.kill('was stopped', true), graceMs);
    if (this.#pending.size > 0) {
      await Promise.race([new Promise<void>((resolve) => (this.#drained = resolve)), this.exited]);
    }
    this.#channel?.end();
    await this.exited;
    clearTimeout(timer);
  }

  memory(): Promise<number> {
    return this.#process?.memory() ?? Promise.resolve(0);
  }

  async #start(): Promise<void> {
    const { signal, startupTimeoutMs = STARTUP_TIMEOUT_MS, modelName } = this.#options;
    signal?.throwIfAborted();
    const abort = () => this.#process?.kill('was stopped', true);
    signal?.addEventListener('abort', abort, { once: true });
    void this.exited.then(() => signal?.removeEventListener('abort', abort));
    const timer = setTimeout(
      () => this.#fail(`did not start within ${startupTimeoutMs} ms`, 'ERR_WORKER_TIMEOUT', SLOW_START),
      startupTimeoutMs,
    );
    try {
      const response = await this.#launchAndLoad();
      this.#sessions = sessionsOf(response.message);
      this.#loaded = response.code === 200;
      if (this.#loaded) return;
      // The worker has said why it failed; its death adds nothing but the last lines of stderr.
      this.#process?.kill('failed to load the model', false);
      throw loadFailure(modelName, response, await this.exited);
    } catch (error) {
      this.#process?.kill('could not be started', false);
      if (this.#process) await this.exited;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #launchAndLoad(): Promise<WorkerResponse> {
    const { modelName, modelDir, batchSize, handler, gpuId = -1, runtime } = this.#options;
    const launcher = this.#options.launcher ?? chooseLauncher(runtime);
    const launching = launcher(this.#options, (child) => this.#adopt(child));
    launching.catch(() => {});
    const launched = await Promise.race([launching, this.#death()]);
    this.#depth = launched.depth;
    this.#connect(launched.channel);
    const message = encodeLoad({
      modelName,
      modelPath: modelDir,
      batchSize,
      handler,
      gpuId,
      dialect: launched.dialect,
    });
    const loaded = this.#pending.add(undefined, undefined);
    send(launched.channel, message);
    return loaded;
  }

  /** Rejects when the process ends before it can be reached. */
  async #death(): Promise<never> {
    throw workerDied(this.#options.modelName, await this.exited);
  }

  #adopt(child: ChildProcess): void {
    const { contain, onGone, onLine } = this.#options;
    const tell = ({ stream, text }: WorkerLine) => onLine?.({ stream, text: this.#relative(text) });
    this.#process = new WorkerProcess(child, tell, contain !== undefined);
    if (this.#options.signal?.aborted) this.#process.kill('was stopped', true);
    void this.#process.exited.then(async (exit) => {
      this.#alive = false;
      await onGone?.();
      this.#end(exit);
    });
  }

  #connect(channel: Duplex): void {
    this.#channel = channel;
    const decoder = responseDecoder(this.#options.maxResponseBytes ?? MAX_RESPONSE_BYTES);
    channel.on('data', (chunk: Buffer) => {
      if (!this.#process) return;
      try {
        for (const response of decoder.push(chunk)) this.#receive(response);
      } catch (error) {
        const tooLarge = error instanceof MarError && error.code === 'ERR_PROTOCOL_LIMIT';
        const reason = tooLarge ? `sent ${error.message}` : `broke the worker protocol: ${messageOf(error)}`;
        this.#fail(reason, 'ERR_WORKER_PROTOCOL', tooLarge ? LARGE_ANSWER : NO_PROTOCOL);
        // What follows must not be taken for an answer.
        channel.destroy();
      }
    });
    // A worker whose end of the channel is closed can never answer again; usually it is about to exit by itself.
    channel.on('end', () => {
      if (!this.#alive) return;
      this.#alive = false;
      const timer = setTimeout(() => this.#process?.kill('closed its protocol channel', false), CLOSED_GRACE_MS);
      void this.exited.then(() => clearTimeout(timer));
    });
    channel.on('error', () => {});
  }

  #receive(response: WorkerResponse): void {
    // What a worker said before it could not load belongs to that.
    if (response.code === 200 || this.#loaded) this.#process?.forgetOutput();
    const told = response.code === 200 ? response : { ...response, message: this.#relative(response.message) };
    if (!this.#pending.answer(told)) {
      throw new Error('it sent an answer that fits no request');
    }
    if (this.#pending.size === 0) this.#drained();
  }

  /** Gives the worker up: rejects what it holds and ends it. */
  #fail(reason: string, code: WorkerDeathCode, hint: string): void {
    this.#alive = false;
    this.#process?.kill(reason, false, hint);
    void this.exited.then((exit) => this.#reject(exit, code));
  }

  #end(end: WorkerEnd): void {
    this.#alive = false;
    this.#channel?.destroy();
    const stderr = end.stderr.map((line) => this.#relative(line));
    const untold = end.untold.map((line) => this.#relative(line));
    this.#settle({ ...end, stderr, untold, requests: this.#pending.running });
    // After the handlers of `exited`, so that a more precise reason of `#fail` wins.
    void this.exited.then((told) => setImmediate(() => this.#reject(told, 'ERR_WORKER_DIED')));
  }

  #reject(exit: WorkerExit, code: WorkerDeathCode): void {
    const { modelName } = this.#options;
    this.#pending.fail(workerDied(modelName, exit, code), workerDied(modelName, exit, 'ERR_WORKER_UNSTARTED'));
  }
}
