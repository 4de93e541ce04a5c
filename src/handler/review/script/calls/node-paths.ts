/** Modules of Node that lead to what a reviewer must see; the others are known by their names alone. */
const NODE =
  /^(node:)?(assert|assert\/strict|async_hooks|buffer|child_process|cluster|console|constants|crypto|dgram|diagnostics_channel|dns|dns\/promises|domain|events|fs|fs\/promises|http|http2|https|inspector|inspector\/promises|module|net|os|path|path\/posix|path\/win32|perf_hooks|process|punycode|querystring|readline|readline\/promises|repl|sea|sqlite|stream|stream\/(promises|web|consumers)|string_decoder|sys|test|test\/reporters|timers|timers\/promises|tls|trace_events|tty|url|util|util\/types|v8|vm|wasi|worker_threads|zlib)$/;

/** What a module is called here, where that differs from its name: `module` is also what CommonJS calls the file. */
const CALLED: Readonly<Record<string, string>> = {
  'fs/promises': 'fs.promises',
  'dns/promises': 'dns.promises',
  'timers/promises': 'timers.promises',
  'inspector/promises': 'inspector',
  'path/posix': 'path',
  'path/win32': 'path',
  module: 'Module',
  sys: 'util',
};

/** What some names stand for, by the whole way. */
const SAME: Readonly<Record<string, string>> = {
  'process.mainModule': 'module',
  'module.parent': 'module',
  'require.main': 'module',
  'module.main': 'module',
  'module.require': 'require',
  'module.constructor': 'Module',
  'module.__proto__': 'Module.prototype',
  'Module.Module': 'Module',
  'Module._load': 'require',
  'Module.prototype.require': 'require',
  'Module.prototype.constructor': 'Module',
  'Module.createRequireFromPath': 'Module.createRequire',
  'Module.prototype._compile': 'module._compile',
  'Module()._compile': 'module._compile',
  'Module().require': 'require',
  'buffer.Buffer': 'Buffer',
  'buffer.atob': 'atob',
  'process.process': 'process',
  'timers.setTimeout': 'setTimeout',
  'timers.setInterval': 'setInterval',
  'timers.setImmediate': 'setImmediate',
  'util.TextDecoder': 'TextDecoder',
  'url.URL': 'URL',
  'events.EventEmitter': 'events',
  'path.posix': 'path',
  'path.win32': 'path',
  'import.meta.require': 'require',
  'Reflect.getPrototypeOf': 'Object.getPrototypeOf',
  'Reflect.setPrototypeOf': 'Object.setPrototypeOf',
  'Reflect.defineProperty': 'Object.defineProperty',
  'Reflect.ownKeys': 'Object.keys',
  'Object.getOwnPropertyNames': 'Object.keys',
  'worker_threads.default': 'worker_threads',
};

const GLOBAL = /^(globalThis|global|GLOBAL|root)$/;
/** The way of a module of Node, by the text that names it; undefined for all other modules. */
export function nodeModule(name: string): string | undefined {
  if (!NODE.test(name)) return undefined;
  const plain = name.replace(/^node:/, '');
  return CALLED[plain] ?? plain;
}

/** The way of a package that is not in the archive. */
export const packageWay = (name: string): string => `npm:${name.replaceAll('.', '·')}`;

/** The way of what lies under a key. */
export function memberOf(way: string, key: string): string {
  if (GLOBAL.test(way)) return nameOf(key);
  if (key === 'default' && (nodeModule(way) !== undefined || /^(Module|fs\.promises|npm:[^.()]*)$/.test(way)))
    return way;
  // The constructor of a constructor makes functions of texts; where nothing calls it with one, it does not matter.
  if (key === 'constructor') return SAME[`${way}.constructor`] ?? '?.constructor';
  const whole = `${way.length > 200 ? '?' : way}.${key}`;
  return SAME[whole] ?? whole;
}

/** The way of a name that nobody declares. */
export const nameOf = (name: string): string => (GLOBAL.test(name) ? 'globalThis' : name);

/** What Node and packages have whose results a reviewer must see, and what is done with them. */
const KEPT =
  /^(fs|http|https|http2|net|tls|dgram|dns|child_process|vm|Module|module|process|worker_threads|cluster|inspector|repl|zlib|crypto|events|fetch|Function|WebSocket|XMLHttpRequest|EventSource|TextDecoder|StringDecoder|undici|os\.userInfo|npm:[^.()]*|=>[\w$.]*)(?=[.([]|$)/;
/** What the language has, with one name behind it: more tells nothing. */
const LANGUAGE =
  /^(Object|Reflect|Array|Promise|Symbol|JSON|String|Number|BigInt|Map|Set|WeakMap|WeakSet|WeakRef|Proxy|Buffer|console|util|path|url|URL|os|timers|stream|require|import|readline|Function|Error|RegExp|Date|\?)(\.\w+|\.promises\.\w+|\.meta\.\w+|\.main\.\w+)?$|^(Array|Function|String|Promise)\.prototype\.\w+$/;
const ALONE =
  /^(globalThis|eval|atob|unescape|decodeURI(Component)?|parseInt|parseFloat|setTimeout|setInterval|setImmediate|queueMicrotask|structuredClone|import\.meta|AsyncFunction|process\.env.*)$/;

/** Whether it is worth to know what a way leads to. */
export const isKept = (way: string): boolean => KEPT.test(way) && way.length < 80;

/** Whether it is worth to know that a value is this. */
export const isWorth = (way: string): boolean => isKept(way) || LANGUAGE.test(way) || ALONE.test(way);
