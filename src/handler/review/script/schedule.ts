import { GROWTH, join } from './values/value-sets.js';
import type { Cell, Task, Value } from './values/values.js';

/** Steps for each node of all scripts, and for all of them: so much is looked at again until nothing changes. */
const STEPS_PER_NODE = 15;
const STEPS = 2_500_000;
/** What is left of them when only what starts programs is worth to be followed any further. */
const RESERVE_PER_NODE = 13;
const RESERVE = 2_400_000;
/** What reading a cell costs. */
const READ = 0.25;
/** How often a statement is run again where what it read has grown, by how much: see {@link GROWTH}. */
const MOST_RUNS: readonly number[] = [0, 3, 6, 100];
const MOST_RUNS_LATER: readonly number[] = [0, 0, 1, 8];

/**
 * What has to be run, and run again since what it has read has grown. Whatever the scripts, it comes to an end in time that is in
 * proportion to their nodes.
 */
export class Schedule {
  isAtImport = true;
  /** Not all was followed that functions may be. */
  isTired = false;
  /** So much had to be followed that it was given up. */
  isGivenUp = false;
  readonly #open: Task[] = [];
  /** Run again when nothing new is open any more. */
  #again: Task[] = [];
  #task: Task | undefined;
  #left = STEPS;
  #reserve = RESERVE;

  /** There are so many nodes more. */
  allow(nodes: number): void {
    this.#left += STEPS_PER_NODE * nodes;
    this.#reserve += RESERVE_PER_NODE * nodes;
  }

  /** A step; false where there are none left. */
  step(): boolean {
    this.#left -= 1;
    if (this.#left < 0) this.isGivenUp = true;
    return !this.isGivenUp;
  }

  read(cell: Cell): Value {
    this.#left -= READ;
    if (this.#task === undefined) return cell.value;
    if (cell.readers === undefined) cell.readers = new Set([this.#task]);
    else cell.readers.add(this.#task);
    return cell.value;
  }

  write(cell: Cell, value: Value): void {
    const grew = value.length === 0 ? GROWTH.none : join(cell.value, value);
    if (grew === GROWTH.none) return;
    if (cell.all !== undefined) this.write(cell.all, value);
    if (cell.readers === undefined) return;
    const isTired = this.#left < this.#reserve;
    if (isTired) this.isTired ||= this.isAtImport;
    if (isTired && grew !== GROWTH.hot) return;
    const most = (this.isAtImport && !isTired ? MOST_RUNS : MOST_RUNS_LATER)[grew] ?? 0;
    const { readers } = cell;
    cell.readers = undefined;
    for (const task of readers) {
      if (task.isQueued) continue;
      if (task.runs < most) {
        task.isQueued = true;
        this.#again.push(task);
      } else if (cell.readers === undefined) cell.readers = new Set([task]);
      else cell.readers.add(task);
    }
  }

  /** Has something run; what comes last is run first. */
  enqueue(task: Task): void {
    if (task.isQueued) return;
    task.isQueued = true;
    this.#open.push(task);
  }

  /** Runs all there is, and what comes of it. */
  work(run: (task: Task) => void): void {
    for (;;) {
      const task = this.#open.pop() ?? this.#next();
      if (task === undefined || !this.step()) break;
      task.isQueued = false;
      task.runs += 1;
      this.#task = task;
      run(task);
    }
    this.#task = undefined;
  }

  /** What was to be run again, in the order in which that was seen. */
  #next(): Task | undefined {
    if (this.#again.length === 0) return undefined;
    for (const task of this.#again.reverse()) this.#open.push(task);
    this.#again = [];
    return this.#open.pop();
  }
}
