import { processors } from './config/processors.js';
import type { BatchWatch } from './queue/consumers.js';

/** The mean time between two events below which the loop polls, and how long it polls for the next one; in milliseconds. */
const SHORT_MS = 0.15;
const PATIENCE_MS = 0.2;
/** What counts as a gap at most, so that the mean recovers soon after a rest. */
const LONG_MS = 1;
/** Mean number of batches under way above which polling has no use: the next event is there already. */
const FEW = 1.25;
/** The share of the latest event in the means. */
const WEIGHT = 1 / 16;

/**
 * Keeps the event loop awake between the steps of short predictions. Waking a sleeping processor takes longer than a request to a
 * small model: with one client that asks again as soon as it is answered, it is most of the time. So while the events follow each
 * other closely and hardly anything is under way, the loop polls instead of sleeping, until nothing came for 0.2 ms. Longer
 * predictions, spaced requests and many clients never make it poll, and on a single processor it would keep the worker from it.
 */
export class BusyPoll implements BatchWatch {
  readonly #processors: number;
  #underWay = 0;
  #meanUnderWay = 0;
  #last = Number.NEGATIVE_INFINITY;
  #meanGap = LONG_MS;
  #polling = false;

  constructor(processorCount: number = processors()) {
    this.#processors = processorCount;
  }

  get polling(): boolean {
    return this.#polling;
  }

  /** A batch goes to a worker, at `now` in milliseconds of `performance.now()`. */
  began(now: number): void {
    this.#underWay += 1;
    this.#event(now);
  }

  /** A batch is over. */
  ended(now: number): void {
    this.#underWay -= 1;
    this.#event(now);
  }

  #event(now: number): void {
    const gap = Math.min(now - this.#last, LONG_MS);
    this.#meanGap += (gap - this.#meanGap) * WEIGHT;
    this.#meanUnderWay += (this.#underWay - this.#meanUnderWay) * WEIGHT;
    this.#last = now;
    if (this.#polling || !this.#worthIt()) return;
    this.#polling = true;
    setImmediate(this.#poll);
  }

  #worthIt(): boolean {
    return this.#processors > 1 && this.#meanGap < SHORT_MS && this.#meanUnderWay < FEW;
  }

  readonly #poll = (): void => {
    this.#polling = this.#worthIt() && performance.now() - this.#last < PATIENCE_MS;
    if (this.#polling) setImmediate(this.#poll);
  };
}
