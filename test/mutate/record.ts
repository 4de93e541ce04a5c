import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Mutant } from './mutants.js';

/** `hangs`: no test failed, but one that passes without the mutant did not end with it, though it was alone and had far longer. */
export type Fate = 'killed' | 'survived' | 'hangs';

/** What a run found of one mutant. */
export interface Finding {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** The test that noticed, or null. */
  readonly by: string | null;
  /** The text of the line where the mutant begins, without its indentation: it finds the place again after an edit elsewhere in the file. */
  readonly lineText: string;
}

const keyOf = ({ file, start, end, replacement }: Mutant): string => JSON.stringify([file, start, end, replacement]);

/** The findings of runs, one line of JSON each, in the order in which they were made. */
export class Record {
  readonly #file: string | undefined;
  readonly #found = new Map<string, Finding>();

  /** Without a file the findings are only in memory. */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
      const finding: Finding = JSON.parse(line);
      this.#found.set(keyOf(finding.mutant), finding);
    }
  }

  /** The last finding of a mutant. */
  of(mutant: Mutant): Finding | undefined {
    return this.#found.get(keyOf(mutant));
  }

  /** The last finding of each mutant. */
  all(): Finding[] {
    return [...this.#found.values()];
  }

  add(finding: Finding): void {
    this.#found.set(keyOf(finding.mutant), finding);
    if (this.#file === undefined) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify(finding)}\n`);
  }
}

/** The line of a text at an offset, without its indentation. */
export function lineAt(text: string, offset: number): string {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(begin, end < 0 ? undefined : end).trim();
}

/**
 * A finding's mutant among those of the file as it is now: the same change on a line with the same text, the nearest where there are several.
 * Undefined where the line is no more.
 */
export function relocate({ mutant, lineText }: Finding, now: readonly Mutant[], text: string): Mutant | undefined {
  const distance = ({ line, column }: Mutant): number =>
    1000 * Math.abs(line - mutant.line) + Math.abs(column - mutant.column);
  const alike = now.filter(
    (one) =>
      one.change === mutant.change && one.replacement === mutant.replacement && lineAt(text, one.start) === lineText,
  );
  return alike.sort((a, b) => distance(a) - distance(b))[0];
}
