import type { PythonFault } from './syntax.js';

/** What a handler module looks like from outside, without running it. */
export interface PythonModule {
  readonly functions: readonly PythonFunction[];
  readonly classes: readonly PythonClass[];
  /** Everything that is bound at module level: functions, classes, variables and imported names. */
  readonly names: ReadonlySet<string>;
  /** Names that are bound to a literal, which nobody can call. */
  readonly literals: ReadonlySet<string>;
  /** `from x import *`: names cannot be known completely. */
  readonly starImport: boolean;
  readonly imports: readonly PythonImport[];
  /** The module always raises or leaves while it is imported. */
  readonly neverLoads: PythonFault | undefined;
}

export interface PythonFunction {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  readonly decorators: readonly string[];
  readonly parameters: readonly PythonParameter[];
  readonly returns: readonly PythonReturn[];
  /** A `raise` or exit that the call which loads the handler (its data is None) always reaches. */
  readonly alwaysFails: PythonFault | undefined;
  /** The first parameter used as a list before anything could have noticed that it is None. */
  readonly usesNone: PythonFault | undefined;
}

export interface PythonParameter {
  readonly name: string;
  readonly kind: 'positional' | 'args' | 'keyword' | 'kwargs';
  readonly hasDefault: boolean;
}

/** A `return` and what kind of value can be seen in it. */
export interface PythonReturn {
  readonly kind: 'list' | 'none' | 'dict' | 'set' | 'string' | 'number' | 'tuple' | 'unknown';
  /** Elements of a list that is written out, unpacking apart. */
  readonly length?: number;
  readonly line: number;
  readonly column: number;
}

export interface PythonClass {
  readonly name: string;
  readonly bases: readonly string[];
  readonly methods: readonly PythonFunction[];
  readonly line: number;
  readonly column: number;
}

export interface PythonImport {
  /** The dotted module without leading dots; empty in `from . import x`. */
  readonly module: string;
  /** Leading dots. */
  readonly level: number;
  /** Inside a `try` or a function: its absence need not stop the module from loading. */
  readonly optional: boolean;
  readonly line: number;
  readonly column: number;
}

/** How many values a call with positional arguments may pass: least and most. */
export function positionalRange(parameters: readonly PythonParameter[]): { least: number; most: number } {
  const positional = parameters.filter((parameter) => parameter.kind === 'positional');
  return {
    least: positional.filter((parameter) => !parameter.hasDefault).length,
    most: parameters.some((parameter) => parameter.kind === 'args') ? Number.POSITIVE_INFINITY : positional.length,
  };
}
