import { neverAList, type SeenReturns } from '#handler/contract/never-a-list.js';
import { chooseExport, type ExportShape } from '#handler/entry-point.js';
import { type PythonClass, type PythonFunction, positionalRange } from '#handler/python/python-module.js';
import type { ScriptExport } from '#handler/script-module.js';
import type { PythonHandler, ScriptHandler } from './handler.js';
import type { Shown } from './source-map.js';

/** A value that the entry point returns: `list`, `none`, `unknown`, or the name of another kind. */
export interface ReturnedValue {
  readonly kind: string;
  readonly length?: number;
  readonly line: number;
  readonly column: number;
}

/** What a worker would call, as far as the source shows it. */
export type EntryPoint =
  | {
      readonly kind: 'missing';
      readonly entry: string;
      readonly name: string;
      readonly known: readonly string[];
      readonly reason: string;
    }
  | { readonly kind: 'not-callable'; readonly reason: string; readonly shown: Shown }
  | {
      readonly kind: 'found';
      readonly name: string;
      /** Why it cannot be called with (data, context). */
      readonly arityFault?: string;
      readonly returns: readonly ReturnedValue[];
      /** What it returns in place of a list, whatever it is asked; with the place of a value. */
      readonly neverAList?: 'nothing' | ReturnedValue;
      readonly shown: Shown;
      readonly show: (place: { line: number; column: number }) => Shown;
      readonly python?: PythonFunction;
      /** The Python class that is created, when the entry point is its method. */
      readonly service?: PythonClass;
    };

type Found = Extract<EntryPoint, { readonly kind: 'found' }>;

/** Finds the entry point of a Python handler the way both servers do: the named function, else the module's only class. */
export function pythonEntryPoint(handler: PythonHandler): EntryPoint | undefined {
  const { module } = handler.analysis;
  const { entryPoint: name } = handler.reference;
  const show = (place: { line: number; column: number }) => handler.show(place);
  const found = module.functions.findLast((candidate) => candidate.name === name);
  if (found) return callable(found, undefined, show);
  if (module.literals.has(name)) {
    return {
      kind: 'not-callable',
      reason: `${name} is a value, not a function`,
      shown: { at: { entry: handler.entry } },
    };
  }
  const named = module.classes.findLast((candidate) => candidate.name === name);
  if (named !== undefined) {
    const reason = `${name} is a class, and every server calls what a reference names as a function; a class is taken where the name is not there: handle`;
    return { kind: 'not-callable', reason, shown: show(named) };
  }
  if (module.names.has(name) || module.starImport) return undefined;
  const { entry } = handler;
  const known = [...module.names];
  const [service] = module.classes;
  if (!service)
    return { kind: 'missing', entry, name, known, reason: `${entry} has neither a function ${name} nor a class` };
  if (module.classes.length > 1) {
    const names = module.classes.map((one) => one.name);
    return {
      kind: 'missing',
      entry,
      name,
      known: names,
      reason: `${entry} has no function ${name}, and ${names.length} classes to choose from`,
    };
  }
  const method = service.methods.findLast((candidate) => candidate.name === 'handle');
  if (method) return callable(method, service, show);
  if (service.bases.some((base) => base !== 'object')) return undefined;
  return { kind: 'not-callable', reason: `the class ${service.name} has no method handle`, shown: show(service) };
}

function callable(
  found: PythonFunction,
  service: PythonClass | undefined,
  show: (place: { line: number; column: number }) => Shown,
): EntryPoint {
  const bound = service !== undefined && !found.decorators.includes('staticmethod');
  const { least, most } = positionalRange(found.parameters);
  const given = bound ? 3 : 2;
  const required = found.parameters.filter((parameter) => parameter.kind === 'keyword' && !parameter.hasDefault);
  const decorated = found.decorators.some((name) => name !== 'staticmethod' && name !== 'classmethod');
  const fits = least <= given && given <= most && required.length === 0;
  const list = found.parameters.map((parameter) => parameter.name).join(', ');
  const returns = found.isGenerator || found.isAsync || decorated ? [] : found.returns;
  return {
    kind: 'found',
    name: found.name,
    ...(!fits && !decorated && { arityFault: `${found.name}(${list}) cannot be called with (data, context)` }),
    ...seen({ returns }),
    shown: show(found),
    show,
    python: found,
    ...(service && { service }),
  };
}

/** What our runner calls or constructs; undefined where the source does not show it. */
export function scriptEntryPoint(handler: ScriptHandler): EntryPoint | undefined {
  const { analysis, reference, entry } = handler;
  if (analysis.reexportsAll && !analysis.exports.some((one) => one.name === reference.entryPoint)) return undefined;
  const show = (place: { line: number; column: number }) => handler.map.show(place.line, place.column);
  const choice = chooseExport(analysis.exports.map(shapeOf), reference.entryPoint);
  if (choice.use === 'unknown') return undefined;
  if (choice.use !== 'nothing') return describeScript(choice.export, choice.member, show);
  if (choice.why === 'not-callable') return notCallable(choice.export, show);
  return {
    kind: 'missing',
    entry,
    name: reference.entryPoint,
    known: analysis.exports.map((one) => one.name),
    reason: `${entry} exports neither ${reference.entryPoint} nor a default nor one class with handle`,
  };
}

interface SourceExport extends ScriptExport, ExportShape {}

function shapeOf(found: ScriptExport): SourceExport {
  const { methods, properties = [], base } = found;
  const has = (name: string) => {
    if (methods === undefined) return undefined;
    if (methods.includes(name)) return true;
    if (properties.includes(name)) return 'instance';
    return base === undefined ? false : undefined;
  };
  return { ...found, has };
}

function notCallable(
  { kind, name, line, column }: ScriptExport,
  show: (place: { line: number; column: number }) => Shown,
): EntryPoint {
  const reason =
    kind === 'class'
      ? `the class ${name} has no method handle`
      : `the export ${name} is neither a function nor a class`;
  return { kind: 'not-callable', reason, shown: show({ line, column }) };
}

function describeScript(
  found: ScriptExport,
  member: string | undefined,
  show: (place: { line: number; column: number }) => Shown,
): EntryPoint {
  const call = member === undefined ? found.call : undefined;
  const required = call?.required ?? 0;
  return {
    kind: 'found',
    name: member ?? found.name,
    ...(required > 2 && { arityFault: `${found.name} expects ${required} arguments and is called with two` }),
    ...seen(call ?? { returns: [] }),
    shown: show(found),
    show,
  };
}

function seen(call: SeenReturns<ReturnedValue>): Pick<Found, 'returns' | 'neverAList'> {
  const wrong = neverAList(call);
  return { returns: call.returns, ...(wrong !== undefined && { neverAList: wrong }) };
}

/** Faults that keep the handler from being loaded, whatever its language. */
export interface HandlerFaults {
  readonly invalid: readonly { readonly message: string; readonly shown: Shown }[];
  readonly blocking: readonly { readonly message: string; readonly shown: Shown }[];
}

export function pythonFaults(handler: PythonHandler): HandlerFaults {
  const { invalid, module } = handler.analysis;
  const { entry } = handler;
  return {
    invalid: invalid ? [{ message: `${entry} is not Python: ${invalid.message}`, shown: handler.show(invalid) }] : [],
    blocking: module.neverLoads
      ? [
          {
            message: `importing ${entry} always reaches \`${module.neverLoads.message}\``,
            shown: handler.show(module.neverLoads),
          },
        ]
      : [],
  };
}

export function scriptFaults(handler: ScriptHandler): HandlerFaults {
  const { syntaxErrors, blocking } = handler.analysis;
  const shown = ({ line, column }: { line: number; column: number }) => handler.map.show(line, column);
  return {
    invalid: syntaxErrors.map((fault) => ({
      message: `${handler.entry} is not JavaScript: ${fault.message}`,
      shown: shown(fault),
    })),
    blocking: blocking.map((fault) => ({
      message: `the module ${fault.message} while it is loaded`,
      shown: shown(fault),
    })),
  };
}
