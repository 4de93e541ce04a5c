import { setImmediate } from 'node:timers/promises';
import type { RunContract } from '#conventions/run-contract.js';
import type { WorkerLine } from '#hosting/worker.js';

/** Different lines that are kept. */
const KEPT = 5;
const LONGEST = 200;

/** What a model prints: handed on until it is hushed, counted all along. */
export class Printed {
  readonly #onLine: ((line: WorkerLine) => void) | undefined;
  readonly #first = new Set<string>();
  #lines = 0;
  #isHushed = false;

  constructor(onLine: ((line: WorkerLine) => void) | undefined) {
    this.#onLine = onLine;
  }

  /** Takes a line as a worker gives it. */
  readonly take = (line: WorkerLine): void => {
    this.#lines += 1;
    if (this.#first.size < KEPT) this.#first.add(line.text.slice(0, LONGEST));
    if (!this.#isHushed) this.#onLine?.(line);
  };

  get summary(): RunContract['printed'] {
    return { lines: this.#lines, first: [...this.#first] };
  }

  /** From now on lines are only counted: a handler that complains about bad bodies would bury what it says of the cases. */
  async hush(): Promise<void> {
    // What was printed before the last answer lies in the pipe already.
    for (let turn = 0; turn < 2; turn += 1) await setImmediate();
    this.#isHushed = true;
  }
}
