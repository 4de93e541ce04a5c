/**
 * How grave a place in a source is: an `attack` has no honest use, a `shell` is a risk, `native` is code that nobody can review, `remote` code
 * that is fetched, * `unread` is source that could not be followed, and everything else is for a reviewer to see.
 */
export type RemarkKind = 'attack' | 'shell' | 'native' | 'remote' | 'review' | 'unread';

/** A place in a source that a reviewer must see. Lines and columns count from 1. */
export interface Remark {
  readonly kind: RemarkKind;
  /** A clause behind the file's name: `runs os.system while it is imported`. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** Libraries do this honestly, too, so that in a package it is for a reviewer to see. */
  readonly isCommon?: boolean;
}

/** What a source calls while it is imported, for the sake of the modules whose names it has. */
export interface CallsAtImport {
  /** As they are written: `helper`, `.tools.shell`; a name that is imported from a module may be one itself. */
  readonly modules: ReadonlySet<string>;
  /** Functions, classes and methods, by their names there. */
  readonly names: ReadonlySet<string>;
}
