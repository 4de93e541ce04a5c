/** A path that a module makes from its own place: `join(__dirname, 'words.txt')`, `new URL('./work.ts', import.meta.url)`. */
export interface FileReference {
  /** Absolute, as far as the source says it. */
  readonly path: string;
  /** More is appended than the source says: `join(__dirname, 'words', name)`. */
  readonly isOpen: boolean;
  /** Inside of a call that reads a file: what is read is data, whatever its ending. */
  readonly isRead: boolean;
  /** What starts it as a program of its own: `Worker` or `fork`. */
  readonly starts: string | undefined;
  /** `require` loads what it is; where in the text the argument starts and ends. */
  readonly loads: readonly [start: number, end: number] | undefined;
  /** Where the path ends in the text, if it ends in a text that is written out. */
  readonly end: number | undefined;
  /** Counted from 1. */
  readonly line: number;
}

/** A path as far as the source says it. */
export interface Value {
  readonly path: string;
  readonly isOpen: boolean;
  readonly end?: number;
}
