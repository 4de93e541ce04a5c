import type { Options } from 'acorn';
import { KIND } from './kinds.js';
import { ScriptParser } from './script-parser.js';
import { ScriptTree } from './script-tree.js';

/** What a script is run as, by its ending: `.mjs`, `.cjs`, or whatever Node takes it for. */
export type Goal = 'module' | 'commonjs' | 'either';

const COMMON: Options = {
  ecmaVersion: 'latest',
  preserveParens: true,
  checkPrivateFields: false,
  allowSuperOutsideMethod: true,
};
const MODULE: Options = { ...COMMON, sourceType: 'module' };
/** Node's `require` calls a script as a function. */
const SCRIPT: Options = { ...COMMON, sourceType: 'commonjs' };
const EITHER: Options = { ...SCRIPT, allowImportExportEverywhere: true };

/** By its ending. */
export function goalOf(path: string): Goal {
  if (/\.mjs$/i.test(path)) return 'module';
  return /\.cjs$/i.test(path) ? 'commonjs' : 'either';
}

/**
 * Parses JavaScript as Node does. Throws a SyntaxError for what is none, and a RangeError for what is nested too deeply, or means one thing
 * as a script and another as a module where it may be either.
 */
export function parseScript(source: string, goal: Goal = 'either'): ScriptTree {
  // Node takes each of them for the end of a line, also in texts.
  const text = source.includes('\r') ? source.replace(/\r/g, '\n') : source;
  if (goal !== 'either') return parsed(text, goal === 'module' ? MODULE : SCRIPT);
  let asScript: ScriptTree;
  try {
    asScript = parsed(text, EITHER);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return parsed(text, MODULE);
  }
  if (!/<!--|-->/.test(text) && !asScript.hasName(KIND.VariableName, 'await')) return asScript;
  let asModule: ScriptTree;
  try {
    asModule = parsed(text, MODULE);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return asScript;
  }
  if (asModule.isLike(asScript)) return asScript;
  if (asModule.isModule) return asModule;
  throw new RangeError('it means one thing as a script and another as a module');
}

function parsed(text: string, options: Options): ScriptTree {
  return new ScriptTree(text, new ScriptParser(text, options).nodes());
}
