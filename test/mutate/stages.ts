import { allTests, mirroredTests } from './mirrored-tests.js';
import type { Reach } from './reach.js';
import type { Outcome, TreeCopy } from './tree-copy.js';

/** A test file as it ran without a mutant. */
export interface Stage {
  readonly test: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly reach: Reach;
}

/** Which tests a mutant is tried on. Each test runs once without a mutant, also where several copies of the tree ask for it at once. */
export class Stages {
  readonly #runs = new Map<string, Promise<Stage>>();
  readonly #seconds: number;
  readonly #whole: boolean;
  readonly #only: readonly string[] | undefined;

  /** Tests that take longer than `seconds` are not used but for a file's own; with `whole` all tests are, with `only` these alone. */
  constructor(seconds: number, whole: boolean, only: readonly string[] | undefined) {
    this.#seconds = seconds;
    this.#whole = whole;
    this.#only = only;
  }

  /** The tests of a source file that can be used: its own, then the others, quick ones first. */
  async of(tree: TreeCopy, file: string): Promise<Stage[]> {
    const { own, folder } = mirroredTests(file);
    const first = this.#only ?? own;
    const wanted = this.#only ?? [...own, ...folder, ...(this.#whole ? allTests() : [])];
    const found: Stage[] = [];
    for (const test of new Set(wanted)) {
      // A test that takes longer than wanted is stopped there.
      found.push(await this.#run(tree, test, this.#whole || first.includes(test) ? 300 : this.#seconds));
    }
    const rank = ({ test, seconds }: Stage): number => (first.includes(test) ? 0 : seconds);
    return found.filter(({ outcome }) => outcome === 'passed').sort((a, b) => rank(a) - rank(b));
  }

  /** Those that fail without a mutant, and prove nothing. */
  async failing(): Promise<string[]> {
    const runs = await Promise.all(this.#runs.values());
    return [...new Set(runs.filter(({ outcome }) => outcome === 'failed').map(({ test }) => test))];
  }

  #run(tree: TreeCopy, test: string, limitSeconds: number): Promise<Stage> {
    const key = `${limitSeconds} ${test}`;
    const known = this.#runs.get(`300 ${test}`) ?? this.#runs.get(key);
    if (known !== undefined) return known;
    const run = explore(tree, test, limitSeconds);
    this.#runs.set(key, run);
    return run;
  }
}

/** A test that fails may do so because the machine is busy: it gets a second run. */
async function explore(tree: TreeCopy, test: string, limitSeconds: number): Promise<Stage> {
  const first = await tree.explore(test, limitSeconds);
  return { test, ...(first.outcome === 'failed' ? await tree.explore(test, limitSeconds) : first) };
}
