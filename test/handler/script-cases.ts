/** A reference to a handler that our runner runs, the archive that it is in, and what is called. */
export interface ScriptCase {
  readonly handler: string;
  /** Files by path. */
  readonly files: Readonly<Record<string, string>>;
  /** What the handler answers. Undefined: no worker loads it. */
  readonly answers?: string;
}

const code = (says: string): string => `export const handle = (batch) => batch.map(() => '${says}');\n`;
const method = (says: string): string => `handle(batch) { return batch.map(() => '${says}'); }`;

/** Which file a reference means. */
export const SCRIPT_FILES: Readonly<Record<string, ScriptCase>> = {
  'a module': { handler: 'service:handle', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  'without an export': { handler: 'service', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  'an empty export': { handler: 'service:', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  'a file': { handler: 'service.mjs', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  'its TypeScript': { handler: 'service.ts:handle', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  '.mjs before .cjs': {
    handler: 'service',
    files: { 'service.mjs': code('mjs'), 'service.cjs': 'exports.handle = (b) => b.map(() => "cjs");' },
    answers: 'mjs',
  },
  '.cjs': {
    handler: 'service',
    files: { 'service.cjs': 'exports.handle = (b) => b.map(() => "cjs");' },
    answers: 'cjs',
  },
  'in a folder': { handler: 'a/service:handle', files: { 'a/service.mjs': code('a') }, answers: 'a' },
  'from here': { handler: './a/../service', files: { 'service.mjs': code('mjs') }, answers: 'mjs' },
  'a folder whose name begins with two dots': {
    handler: '..a/service',
    files: { '..a/service.mjs': code('a') },
    answers: 'a',
  },
  'a dot in the name': { handler: 'my.service', files: { 'my.service.mjs': code('my') }, answers: 'my' },
  'a colon in the name': { handler: 'my:service:handle', files: { 'my:service.mjs': code('a') }, answers: 'a' },
  'only the last segment is at the top': { handler: 'a/service', files: { 'service.mjs': code('mjs') } },
  'a folder with the name of a file': {
    handler: 'service',
    files: { 'service.mjs/x.txt': '', 'service.cjs': 'exports.handle = (b) => b.map(() => "cjs");' },
    answers: 'cjs',
  },
  absent: { handler: 'service', files: { 'other.mjs': code('other') } },
  'a path that leads out': { handler: '../service', files: { 'service.mjs': code('mjs') } },
  'an absolute path': { handler: '/service', files: { 'service.mjs': code('mjs') } },
  'no module': { handler: ':handle', files: { 'service.mjs': code('mjs') } },
};

/** Which export is called, and how. */
export const SCRIPT_EXPORTS: Readonly<Record<string, ScriptCase>> = Object.fromEntries(
  Object.entries<[code: string, answers?: string | undefined, name?: string]>({
    'a function': [code('f'), 'f'],
    'a function of another name': [
      `${code('f')}export function predict(b) { return b.map(() => 'p'); }`,
      'p',
      'predict',
    ],
    'a class': [`export class Service { ${method('c')} }`, 'c', 'Service'],
    'a class under the name handle': [`class S { ${method('c')} }\nexport { S as handle };`, 'c'],
    'a class whose handle is a property': [`export default class { handle = (b) => b.map(() => 'p'); }`, 'p'],
    'a class that inherits handle': [`class A { ${method('c')} }\nexport class Service extends A {}`, 'c'],
    'an object': [`export const handle = { ${method('o')} };`, 'o'],
    'an object that keeps its this': [
      `export default { says: 'o', handle(b) { return b.map(() => this.says); } };`,
      'o',
    ],
    'the default before a class': [`export class A { ${method('a')} }\nexport default (b) => b.map(() => 'd');`, 'd'],
    'the member of the default export': [`export default { predict(b) { return b.map(() => 'm'); } };`, 'm', 'predict'],
    'the default although another name was given': [`export default (b) => b.map(() => 'd');`, 'd', 'predict'],
    'the only class with handle beside another class': [
      `export class NotFound extends Error {}\nexport class Service { ${method('c')} }`,
      'c',
    ],
    'the only class with handle beside a class of its own': [
      `export class Helper {}\nexport class Service { ${method('c')} }`,
      'c',
    ],
    'the only class, with a property': [`export class Service { handle = (b) => b.map(() => 'p'); }`, 'p'],
    'two classes with handle': [`export class A { ${method('a')} }\nexport class B { ${method('b')} }`],
    'two classes, neither with a method': [`export class Helper {}\nexport class Service { handle = (b) => b; }`],
    'a class without handle': ['export default class { predict() {} }'],
    'the only class without handle': ['export class Service { predict() {} }'],
    'a number': ['export const handle = 5;'],
    'an object without handle': ['export const handle = { top: 5 };'],
    'a default object without either': ['export default { top: 5 };', undefined, 'predict'],
    'another export': ['export const other = () => [];'],
    nothing: ['const handle = () => [];'],
  }).map(([name, [text, answers, entry = 'handle']]) => [
    name,
    {
      handler: `service:${entry}`,
      files: { 'service.mjs': text },
      ...(answers !== undefined && { answers }),
    },
  ]),
);
