import type { Duplex } from 'node:stream';
import { loadedMessage } from '#protocol/load-report.js';
import type { WorkerResponse } from '#protocol/messages.js';
import { requestDecoder, type WorkerRequest } from '#protocol/request.js';
import { encodeResponse } from '#protocol/response.js';
import { send } from '#protocol/send.js';
import { loadFailureResponse } from './failure.js';
import { type LoadedModel, loadModel } from './load-model.js';
import { answerBatch, type Batch, prepareBatch } from './run-batch.js';

/**
 * One front end's connection: answers its messages in order. A batch is prepared when it arrives, which may be during the
 * run of the one before; runs never overlap.
 */
export class Session {
  readonly #channel: Duplex;
  #model: LoadedModel | undefined;
  #queue: Batch[] = [];
  #running = false;
  #idle: () => void = () => {};

  constructor(channel: Duplex) {
    this.#channel = channel;
  }

  /** True once the model is there. */
  get loaded(): boolean {
    return this.#model !== undefined;
  }

  /** Serves until the front end closes its end, then finishes what it owes and closes the service; the connection stays open on this side. */
  async serve(): Promise<void> {
    const decoder = requestDecoder();
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
    if (!this.#running) void this.#run(this.#model);
  }

  async #load({ load }: Extract<WorkerRequest, { kind: 'load' }>): Promise<WorkerResponse> {
    try {
      this.#model = await loadModel(load);
      const sentence = `loaded model ${load.modelName}. [PID]:${process.pid}`;
      return { code: 200, message: loadedMessage(sentence, this.#model.sessions), predictions: [] };
    } catch (error) {
      return loadFailureResponse(error, load.modelPath);
    }
  }

  async #run(model: LoadedModel): Promise<void> {
    this.#running = true;
    for (let batch = this.#queue.shift(); batch; batch = this.#queue.shift()) {
      send(this.#channel, await answerBatch(model, batch));
      for (const line of batch.context.drainMetrics()) process.stdout.write(`${line}\n`);
    }
    this.#running = false;
    this.#idle();
  }
}
