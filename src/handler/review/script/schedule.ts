import { GROWTH, join } from './values/value-sets.js';
import type { Cell, Task, Value } from './values/values.js';

/** Steps for each node of all scripts, and for all of them: so much is looked at again until nothing changes. */
const STEPS_PER_NODE = 15;
const STEPS = 2_500_000;
/** How many of them are left when it is said that it was much, and when only what starts programs is worth to be followed any further. */
const RESERVE_PER_NODE = 7;
const RESERVE = 1_900_000;
const LAST_PER_NODE = 5;
const LAST = 1_700_000;
/** The same for functions that nothing calls. */
const LATER_PER_NODE = 12;
const LATER_LEFT = 2_350_000;
/** What reading a cell costs. */
const READ = 0.4;
/** How often a statement is run again where what it read has grown, by how much: see {@link GROWTH}. */
const MOST_RUNS: readonly number[] = [0, 3, 6, 100];
/** When it was much already, what has run often gives way to what has not, and so do functions that nothing calls. */
const WHEN_MUCH: readonly number[] = [0, 0, 3, 100];
const LATER: readonly number[] = [0, 0, 1, 8];
const AT_LAST: readonly number[] = [0, 0, 0, 8];

/**
 * What has to be run, and run again since what it has read has grown. Whatever the scripts, it comes to an end in time that is in
 * proportion to their nodes.
 */
export class Schedule {
  isAtImport = true;
  /** Not all was followed that functions may be while the scripts are imported. */
  isTired = false;
  /** So much had to be followed that it was given up. */
  isGivenUp = false;
  readonly #open: Task[] = [];
  /** Run again when nothing new is open any more. */
  #again: Task[] = [];
  #task: Task | undefined;
  #left = STEPS;
  #reserve = RESERVE;
  #last = LAST;
  #later = LATER_LEFT;

  /** There are so many nodes more. */
  allow(nodes: number): void {
    this.#left += STEPS_PER_NODE * nodes;
    this.#reserve += RESERVE_PER_NODE * nodes;
    this.#last += LAST_PER_NODE * nodes;
    this.#later += LATER_PER_NODE * nodes;
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
    // One part runs at a time: it stands at the end if it has asked before.
    if (cell.readers === undefined) cell.readers = [this.#task];
    else if (cell.readers.at(-1) !== this.#task) cell.readers.push(this.#task);
    return cell.value;
  }

  write(cell: Cell, value: Value): void {
    const grew = value.length === 0 ? GROWTH.none : join(cell.value, value);
    if (grew === GROWTH.none) return;
    if (cell.all !== undefined) this.write(cell.all, value);
    if (cell.readers === undefined) return;
    const most = this.#mostRuns()[grew] ?? 0;
    const wanted = this.isAtImport ? (MOST_RUNS[grew] ?? 0) : most;
    const { readers } = cell;
    cell.readers = undefined;
    for (const task of readers) {
      if (task.isQueued) continue;
      if (task.runs < most) {
        task.isQueued = true;
        this.#again.push(task);
        continue;
      }
      if (task.runs < wanted) this.isTired = true;
      if (cell.readers === undefined) cell.readers = [task];
      else cell.readers.push(task);
    }
  }

  /** Whether so much was followed that callers are no longer told apart. */
  get isMuch(): boolean {
    return this.#left < this.#reserve;
  }

  /** How often a statement may have been run that is run again. */
  #mostRuns(): readonly number[] {
    if (this.#left < (this.isAtImport ? this.#last : this.#later)) return AT_LAST;
    if (!this.isAtImport) return LATER;
    return this.isMuch ? WHEN_MUCH : MOST_RUNS;
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
