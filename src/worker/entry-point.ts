import { MarError } from '#errors/mar-error.js';
import type { ModelService } from '#service/index.js';
import { kindOf } from './kind-of.js';

/** A module's exports. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * Finds the service in a handler module. `name` is an exported function, an exported class (constructed once) or an exported
 * object with `handle`; without that export a default export, or the only class with a `handle` method, takes its place.
 */
export function entryPoint(exports: Exports, name: string, file: string): ModelService {
  const named = exports[name];
  if (named !== undefined) return toService(named, exports, `${file}: export '${name}'`);
  const byDefault = exports['default'];
  if (byDefault !== undefined) {
    // CommonJS: module.exports.handle, seen from an ES module.
    const member = isObject(byDefault) ? byDefault[name] : undefined;
    return toService(member ?? byDefault, exports, `${file}: the default export`);
  }
  const classes = Object.entries(exports).filter(([, value]) => isServiceClass(value));
  const [only] = classes;
  if (only && classes.length === 1) return toService(only[1], exports, `${file}: class ${only[0]}`);
  throw new MarError(
    `${file} has no export '${name}'${classes.length > 1 ? ` and ${classes.length} classes with a handle method, expected one` : ''}; found: ${Object.keys(exports).join(', ') || 'nothing'}.`,
    {
      code: 'ERR_ENTRY_POINT',
      hint: `Export a function '${name}(batch, context)', or a class with a method handle(batch, context).`,
    },
  );
}

function toService(value: unknown, exports: Exports, what: string): ModelService {
  if (isServiceClass(value)) return new value();
  if (typeof value === 'function') {
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

function isServiceClass(value: unknown): value is new () => ModelService {
  return typeof value === 'function' && isService(value.prototype);
}

function isService(value: unknown): value is ModelService {
  return isObject(value) && typeof value['handle'] === 'function';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): value is (...args: unknown[]) => never {
  return typeof value === 'function';
}
