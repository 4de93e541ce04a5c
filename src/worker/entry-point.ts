import { MarError } from '#errors/mar-error.js';
import { chooseExport, type ExportShape } from '#handler/entry-point.js';
import type { ModelService } from '#service/index.js';
import { kindOf } from './kind-of.js';

/** A module's exports. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Makes the service of a handler module: `name` is an exported function, an exported class (constructed once) or an exported
 * object with `handle`; without that export a default export, or the only class, takes its place. Throws `ERR_ENTRY_POINT`.
 */
export function entryPoint(exports: Exports, name: string, file: string): ModelService {
  const choice = chooseExport(
    Object.entries(exports).flatMap(([key, value]) => (value === undefined ? [] : [shapeOf(key, value)])),
    name,
  );
  if (choice.use === 'unknown') throw new Error('the exports of a loaded module are all known');
  if (choice.use === 'nothing' && choice.why === 'missing') throw missing(exports, name, file, choice.classes.length);
  const { export: found } = choice;
  const what = `${file}: ${found.name === 'default' ? 'the default export' : `export '${found.name}'`}`;
  const member = choice.use === 'object' ? choice.member : undefined;
  return toService(member === undefined ? found.value : Reflect.get(Object(found.value), member), exports, what);
}

interface LoadedExport extends ExportShape {
  readonly value: unknown;
}

function shapeOf(name: string, value: unknown): LoadedExport {
  if (isConstructor(value)) return { name, value, kind: 'class', has: () => isService(value.prototype) || 'instance' };
  if (typeof value === 'function') return { name, value, kind: 'function', has: () => false };
  if (!hasMembers(value)) return { name, value, kind: 'value', has: () => false };
  const has = (member: string): boolean => (member === 'handle' ? isService(value) : value[member] !== undefined);
  return { name, value, kind: 'object', has };
}

function toService(value: unknown, exports: Exports, what: string): ModelService {
  if (isConstructor(value)) {
    const service = new value();
    if (isService(service)) return service;
    throw new MarError(`${what} is a class without a method handle.`, {
      code: 'ERR_ENTRY_POINT',
      hint: 'Give it a method handle(batch, context), or extend a base class of model-archiver/service.',
    });
  }
  if (isFunction(value)) {
    const { initialize, close } = exports;
    return {
      handle: (batch, context) => value(batch, context),
      ...(isFunction(initialize) && { initialize: (context) => initialize(context) }),
      ...(isFunction(close) && { close: () => close() }),
    };
  }
  if (isService(value)) return value;
  throw new MarError(`${what} is ${kindOf(value)}, expected a function, a class or an object with a handle method.`, {
    code: 'ERR_ENTRY_POINT',
  });
}

function missing(exports: Exports, name: string, file: string, classes: number): MarError {
  const several = classes > 1 ? ` and ${classes} classes with a handle method, expected one` : '';
  return new MarError(
    `${file} has no export '${name}'${several}; found: ${Object.keys(exports).join(', ') || 'nothing'}.`,
    {
      code: 'ERR_ENTRY_POINT',
      hint: `Export a function '${name}(batch, context)', or a class with a method handle(batch, context).`,
    },
  );
}

/** A class, or a function that constructs services. */
function isConstructor(value: unknown): value is { new (): unknown; readonly prototype: unknown } {
  return typeof value === 'function' && (isService(value.prototype) || /^class\b/.test(String(value)));
}

function isService(value: unknown): value is ModelService {
  return hasMembers(value) && typeof value['handle'] === 'function';
}

/** Arrays among them: a member of one may be the handler. */
function hasMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): value is (...args: unknown[]) => never {
  return typeof value === 'function';
}
