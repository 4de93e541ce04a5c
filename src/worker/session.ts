import type { Duplex } from 'node:stream';
import { loadedMessage } from '#protocol/load-report.js';
import type { WorkerResponse } from '#protocol/messages.js';
import { requestDecoder, type WorkerRequest } from '#protocol/request.js';
import { encodeResponse } from '#protocol/response.js';
import { send } from '#protocol/send.js';
import { loadFailureResponse } from './failure.js';
import { type LoadedModel, loadModel } from './load-model.js';
import { collectSeldom } from './process/collect-seldom.js';
import { answerBatch, type Batch, prepareBatch } from './run-batch.js';

/**
 * The share of the last batch's time that a prepared one waits where no other is known: the client that was just answered may ask
 * again, and what it asks is then prepared during the run. In less than a millisecond it does not come.
 */
const LULL_SHARE = 1 / 50;
const LONGEST_LULL_MS = 5;
const SHORTEST_LULL_MS = 1;

/** After so many batches the garbage collector is told anew how much it may leave. */
const BATCHES_OF_A_HEAP = 50;

/**
 * One front end's connection: answers its messages in order. A batch is prepared when it arrives, which may be during the
 * run of the one before; runs never overlap.
 */
export class Session {
  readonly #channel: Duplex;
  #model: LoadedModel | undefined;
  #queue: Batch[] = [];
  #running = false;
  #batches = 0;
  #idle: () => void = () => {};
  #arrived: () => void = () => {};

  constructor(channel: Duplex) {
    this.#channel = channel;
  }

  /** True once the model is there. */
  get loaded(): boolean {
    return this.#model !== undefined;
  }

  /** Serves until the front end closes its end, then finishes what it owes and closes the service; the connection stays open on this side. */
  async serve(): Promise<void> {
    const decoder = requestDecoder('mms', { reused: true });
    const ended = new Promise<void>((resolve, reject) => {
      this.#channel.on('end', resolve).on('close', resolve).on('error', reject);
      this.#channel.on('data', (chunk: Buffer) => {
        try {
          for (const message of decoder.push(chunk)) this.#receive(message);
        } catch (error) {
          reject(error);
        }
      });
    });
    await ended;
    if (this.#running) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#model?.service.close?.();
  }

  #receive(message: WorkerRequest): void {
    if (message.kind === 'load') {
      void this.#load(message).then((response) => send(this.#channel, encodeResponse(response)));
      return;
    }
    if (!this.#model) throw new Error('a batch came before the model was loaded');
    this.#queue.push(prepareBatch(this.#model, message.predict.jobs));
    this.#arrived();
    if (!this.#running) void this.#run(this.#model);
  }

  async #load({ load }: Extract<WorkerRequest, { kind: 'load' }>): Promise<WorkerResponse> {
    try {
      this.#model = await loadModel(load);
      collectSeldom();
      const sentence = `loaded model ${load.modelName}. [PID]:${process.pid}`;
      return { code: 200, message: loadedMessage(sentence, this.#model.sessions), predictions: [] };
    } catch (error) {
      return loadFailureResponse(error, load.modelPath);
    }
  }

  async #run(model: LoadedModel): Promise<void> {
    this.#running = true;
    let took = 0;
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      await this.#lull(model, Math.min(LONGEST_LULL_MS, took * LULL_SHARE));
      const started = performance.now();
      send(this.#channel, await answerBatch(model, batch));
      took = performance.now() - started;
      this.#batches += 1;
      if (this.#batches % BATCHES_OF_A_HEAP === 0) collectSeldom();
      for (const line of batch.context.drainMetrics()) process.stdout.write(`${line}\n`);
    }
    this.#running = false;
    this.#idle();
  }

  /** Ends when another batch is there, which its service can prepare. */
  async #lull({ service }: LoadedModel, longestMs: number): Promise<void> {
    if (longestMs < SHORTEST_LULL_MS || this.#queue.length > 0 || !service.prepare) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      this.#arrived = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
