import { MarError } from '#errors/mar-error.js';
import { didYouMean, nearest } from '#nearest.js';

/** An export of a module, as far as it is known: by its value in a worker, by its source elsewhere. */
export interface ExportShape {
  readonly name: string;
  /** A `value` is none of the others; `unknown` could be anything. */
  readonly kind: 'function' | 'class' | 'object' | 'value' | 'unknown';
  /**
   * Whether an object has this member, or a class this method; `instance` when only an instance of the class can tell, undefined
   * when it cannot be seen at all.
   */
  has(name: string): boolean | 'instance' | undefined;
}

/** What a worker does with a module: which export it takes and how, or why it takes none. */
export type EntryChoice<E extends ExportShape> =
  /** Call a function; construct a class once and call its `handle`; call an object's `handle`, or take its `member`. */
  | { readonly use: 'function' | 'class' | 'object'; readonly export: E; readonly member?: string }
  | { readonly use: 'nothing'; readonly why: 'missing'; readonly classes: readonly E[] }
  | { readonly use: 'nothing'; readonly why: 'not-callable'; readonly export: E }
  | { readonly use: 'unknown' };

/**
 * The entry point `name` of a JavaScript module: the export of that name, else the default export (or its member of that name,
 * as CommonJS modules have it), else the only class with a method `handle`, else the only class.
 */
export function chooseExport<E extends ExportShape>(exports: readonly E[], name: string): EntryChoice<E> {
  const names = exports.map((one) => one.name);
  const usual = namedOrDefault(names, name);
  const found = exports.find((one) => one.name === usual);
  if (found !== undefined) return useOf(found, name);
  const choice = onlyClass(exports.filter(({ kind }) => kind === 'class'));
  const visible = exports.every(({ kind }) => kind !== 'unknown');
  return choice.use === 'class' || visible ? choice : { use: 'unknown' };
}

function onlyClass<E extends ExportShape>(classes: readonly E[]): EntryChoice<E> {
  const services = classes.filter((one) => one.has('handle') === true);
  const hidden = classes.some((one) => one.has('handle') === undefined);
  const [only, ...others] = hidden || services.length === 0 ? classes : services;
  if (only !== undefined && others.length === 0) return useOf(only, only.name);
  // Which of them is taken depends on what cannot be seen.
  if (hidden && services.length < 2) return { use: 'unknown' };
  return { use: 'nothing', why: 'missing', classes: services };
}

function useOf<E extends ExportShape>(found: E, name: string): EntryChoice<E> {
  const { kind } = found;
  if (kind === 'unknown') return { use: 'unknown' };
  if (kind === 'function') return { use: kind, export: found };
  if (kind === 'object' && found.name !== name && name !== 'handle') {
    const member = found.has(name);
    if (member === undefined) return { use: 'unknown' };
    if (member) return { use: kind, export: found, member: name };
  }
  if (kind === 'value' || found.has('handle') === false) return { use: 'nothing', why: 'not-callable', export: found };
  return { use: kind, export: found };
}

/** The export that a name means before classes are looked at: itself, else the default one. */
function namedOrDefault(exports: readonly string[], name: string): string | undefined {
  return [name, 'default'].find((usual) => exports.includes(usual));
}

/**
 * The export that a packed handler is called through, by the names of its exports alone. A name in the reference must exist;
 * without one it is `handle`, then `default`, then the only export. Throws `ERR_ENTRY_POINT_MISSING` naming what was found.
 */
export function chooseEntryPoint(exports: readonly string[], wanted: string | undefined, file: string): string {
  if (wanted !== undefined) {
    if (exports.includes(wanted)) return wanted;
    throw missing(`${file} has no '${wanted}' to call${didYouMean(wanted, exports)}.`, exports, file, wanted);
  }
  const usual = namedOrDefault(exports, 'handle');
  if (usual !== undefined) return usual;
  const [only, ...others] = exports;
  if (only !== undefined && others.length === 0) return only;
  const message =
    only === undefined
      ? `${file} exports nothing.`
      : `${file} has neither 'handle' nor a default export, and nothing says which one is the service.`;
  throw missing(message, exports, file, 'handle');
}

/** The hint names an export that there is: one of a similar name, else the first. */
function missing(message: string, exports: readonly string[], file: string, wanted: string): MarError {
  const offered = [...exports].sort();
  const meant = nearest(wanted, offered) ?? offered[0];
  return new MarError(message, {
    code: 'ERR_ENTRY_POINT_MISSING',
    ...(meant === undefined
      ? {
          hint: file.endsWith('.py')
            ? definePython(wanted)
            : `Export the function that is called: export function ${wanted}(batch, context).`,
        }
      : {
          detail: `  It offers ${offered.join(', ')}.`,
          hint: `Name what is called after a colon, for example --handler ${file}:${meant}.`,
        }),
  });
}

function definePython(name: string): string {
  return `Define the function that is called, def ${name}(data, context). A class is taken where it is the only one of its module and has a method handle.`;
}
