/** A place in a script. Lines and columns count from 1. */
export interface ScriptFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What a JavaScript module looks like from outside, without running it. */
export interface ScriptAnalysis {
  readonly syntaxErrors: readonly ScriptFault[];
  readonly isCommonJs: boolean;
  readonly exports: readonly ScriptExport[];
  /** `export * from 'x'`: the list of exports is not complete. */
  readonly reexportsAll: boolean;
  readonly imports: readonly ScriptImport[];
  /** What at the top of the module keeps it from loading. */
  readonly blocking: readonly ScriptFault[];
}

export interface ScriptExport {
  readonly name: string;
  /** `value` is a literal or a list; `unknown` cannot be seen without running it. */
  readonly kind: 'function' | 'class' | 'object' | 'value' | 'unknown';
  /** The function itself, or the class's `handle`. */
  readonly call?: ScriptCall;
  /** Methods of a class, or members of an object; absent where an object takes in another one. */
  readonly methods?: readonly string[];
  /** What each instance of a class gets of its own, such as `handle = async () => …`. */
  readonly properties?: readonly string[];
  /** What a class extends outside of the file. */
  readonly base?: string;
  readonly line: number;
  readonly column: number;
}

export interface ScriptCall {
  /** Parameters without default, optional mark or dots. */
  readonly required: number;
  readonly returns: readonly ScriptReturn[];
  /** It comes to its end, and no statement of it returns anything. */
  readonly returnsNothing: boolean;
}

/** A `return` and what can be seen of its value; `generator` is what a generator function returns, whatever is in it. */
export interface ScriptReturn {
  readonly kind: 'list' | 'object' | 'string' | 'number' | 'generator' | 'none' | 'unknown';
  /** Elements of a list that is written out, spreads apart. */
  readonly length?: number;
  readonly line: number;
  readonly column: number;
}

export interface ScriptImport {
  readonly specifier: string;
  /** A dynamic import, or one inside a function or `try`. */
  readonly optional: boolean;
  readonly line: number;
  readonly column: number;
}
