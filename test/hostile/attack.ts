import type { ProblemCode } from '#archive/problem.js';

/** One hostile archive: what it tries on a careless reader, and how ours answers. */
export interface Attack {
  /** Unique, kebab-case; also the file name. */
  readonly name: string;
  readonly why: string;
  readonly expect: ProblemCode;
  /**
   * `open`: refused before anything is written. `read`: opens, but its content fails while being read and extraction leaves
   * nothing. `warn`: opens and extracts harmlessly, with a warning.
   */
  readonly when: 'open' | 'read' | 'warn';
  /** Writes the archive: a file, or for directories a tree. */
  readonly plant: (path: string) => void;
}

/** The manifest that makes a forged archive look like any other. */
export const MANIFEST = {
  name: 'MAR-INF/MANIFEST.json',
  data: '{"runtime":"nodejs","model":{"modelName":"m","handler":"service:handle"}}',
} as const;
