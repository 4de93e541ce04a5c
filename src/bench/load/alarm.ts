import { Worker } from 'node:worker_threads';

/**
 * What the thread does: sleeps until the time that it finds in shared memory, wakes the event loop, and sleeps again. Cell 0 counts
 * changes of that time, cells 2 and 3 hold it: milliseconds of the process's clock, infinite while nothing is due, negative to end.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const changes = new Int32Array(workerData);
const due = new Float64Array(workerData);
const now = () => Number(process.hrtime.bigint()) / 1e6;
for (;;) {
  const seen = Atomics.load(changes, 0);
  const at = due[1];
  if (at < 0) break;
  const left = at - now();
  if (left > 0 && Atomics.wait(changes, 0, seen, left) !== 'timed-out') continue;
  parentPort.postMessage(0);
  if (Atomics.load(changes, 0) === seen) Atomics.wait(changes, 0, seen);
}`;

/**
 * Wakes the event loop at times finer than a millisecond, which Node's timers cannot, and without keeping a processor busy that the
 * measured server needs: a thread of its own sleeps for it.
 */
export class Alarm {
  readonly #memory = new SharedArrayBuffer(16);
  readonly #changes = new Int32Array(this.#memory);
  readonly #due = new Float64Array(this.#memory);
  readonly #thread: Worker;
  readonly #offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

  constructor(ring: () => void) {
    this.#due[1] = Number.POSITIVE_INFINITY;
    this.#thread = new Worker(THREAD, { eval: true, workerData: this.#memory, execArgv: [], env: {} });
    this.#thread.on('message', ring);
  }

  /** Rings once at this time, in milliseconds of `performance.now()`; a later call replaces an earlier one. */
  set(at: number): void {
    this.#change(at + this.#offset);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#change(-1);
    await this.#thread.terminate();
  }

  #change(due: number): void {
    this.#due[1] = due;
    Atomics.add(this.#changes, 0, 1);
    Atomics.notify(this.#changes, 0);
  }
}
