import { ADDING, Fields, FORMULAS, Imported, Items, Made, type Value } from './values.js';

/** Lines in which scipy writes functions down for its distributions: names, numbers and commas, so that nothing is called. */
const TEMPLATE =
  /^\s*(def _parse_args(_rvs|_stats)?\(self, [\w=., ]*(moments='mv')?\):\n {4}return (self\._argcheck_rvs)?\([\w=., ]*\)[\w., ]*\s*)+$/;
/** A formula of names, numbers and signs, and of functions that only compute: others are Python that statsmodels evaluates. */
const PLAIN_FORMULA =
  /^(?:[\s~+\-*:|^,()]|\d[\d.]*(?![\d.])|(?:np\.(?:log|log1p|log10|log2|exp|expm1|sqrt|abs|power|square)|C|I|center|standardize|scale)\(|[A-Za-z_]\w*(?!\w|\s*[([.]))*$/;

/** What made an instance: the class that was called, or the function and the classes that it was given. */
function classesOf({ callee, args }: Made): Imported[] {
  const all = [callee, ...(args instanceof Items ? args.items : [])];
  return all.filter((one) => one instanceof Imported);
}

/** Whether the state of an instance is code for its class: its own `__setstate__` runs it. What cannot be seen whole counts. */
export function isCode(target: Made, state: Value): boolean {
  const modules = classesOf(target).map(({ module }) => module);
  const isScipy = modules.some((module) => /^scipy\.stats(\.|$)/.test(module));
  const isStatsmodels = modules.some((module) => /^statsmodels(\.|$)/.test(module));
  // Classes of other libraries inherit the `__setstate__` of scipy's distributions: by what it reads they are known.
  if (!isScipy && !isStatsmodels) return state instanceof Fields && hasForeignTemplate(state);
  if (state === null) return false;
  // A dictionary that is its own attributes, and whose state so is itself.
  if (target.callee?.module === 'statsmodels.tools.tools' && target.callee.name === 'Bunch') return false;
  if (!(state instanceof Fields) || !state.isWhole) return true;
  return hasForeignTemplate(state) || (isStatsmodels && hasForeignFormula(state));
}

/** Whether the `__setstate__` of statsmodels would evaluate a formula that is more than names. */
function hasForeignFormula({ entries }: Fields): boolean {
  if (!FORMULAS.some((key) => entries.has(key))) return false;
  const formula = entries.get('formula');
  return typeof formula === 'string'
    ? !PLAIN_FORMULA.test(formula)
    : formula !== null || FORMULAS.some((key) => key.startsWith('restore') && entries.has(key));
}

/** Whether a distribution would run lines that scipy did not write. */
function hasForeignTemplate({ entries }: Fields): boolean {
  if (!entries.has('_parse_arg_template')) return false;
  const template = entries.get('_parse_arg_template');
  return typeof template !== 'string' || !TEMPLATE.test(template);
}

/** `getattr(distribution, '_cdf_single')`: how a distribution of scipy keeps methods of its own, and a stemmer of nltk one. Nothing may call what it gives. */
export function isBoundMethod({ module, name }: Imported, args: Value): boolean {
  if (!/^(builtins|__builtin__)$/.test(module) || name !== 'getattr' || !(args instanceof Items)) return false;
  const [target, method] = args.items;
  if (!(target instanceof Made) || typeof method !== 'string') return false;
  const of = classesOf(target)[0]?.module ?? '';
  return (/^scipy\.stats\./.test(of) && /^_[a-z]\w*$/.test(method)) || (/^nltk\.stem\./.test(of) && method === 'stem');
}

/**
 * A function of a class, which protocols write as `getattr(ZoneInfo, '_unpickle')`: the import that it is the same as. Only where the list
 * holds that one; what it is called with is judged like any other call.
 */
export function methodOf({ module, name }: Imported, args: Value): readonly [module: string, name: string] | undefined {
  if (!/^(builtins|__builtin__)$/.test(module) || name !== 'getattr' || !(args instanceof Items)) return undefined;
  const [of, method] = args.items;
  return of instanceof Imported && of.module === 'zoneinfo' && of.name === 'ZoneInfo' && method === '_unpickle'
    ? ['zoneinfo', 'ZoneInfo._unpickle']
    : undefined;
}

/** `type(None)`: how pickles write the types of None and of Ellipsis. */
export const isTypeOfNone = ({ module, name }: Imported, args: Value): boolean =>
  /^(builtins|__builtin__)$/.test(module) &&
  name === 'type' &&
  args instanceof Items &&
  args.items.length === 1 &&
  args.items[0] === null;

/** The bytes that `_codecs.encode(text, 'latin1')` gives: how protocols below 3 write bytes. */
export function encoded(args: readonly Value[] | undefined): Buffer | undefined {
  const [text, encoding] = args ?? [];
  return typeof text === 'string' && typeof encoding === 'string' && /^(latin-?1|iso-?8859-1)$/i.test(encoding)
    ? Buffer.from(text, 'latin1')
    : undefined;
}

/** Whether values are added to an instance by what was built into it: an `append` of its own may be any function. */
export const addsByItself = ({ state }: Made): boolean =>
  state instanceof Fields && ADDING.some((name) => state.entries.has(name));

/** A generator of random numbers is given another one that was made before. */
export const isOfNumpy = ({ callee }: Made): boolean => /^numpy\.random\b/.test(callee?.module ?? '');
