/** Lines of the module that holds an entry point to the contract, counted from 1, and what an error in each means. */
const CALLABLE = 5;
const PARAMETERS = 6;
const RESULT = 7;

/**
 * A TypeScript module that has type errors where the export `entryPoint` of `file` does not fit: it is not a function nor a class or
 * object with `handle`, cannot be called with (batch, context), or does not return a list. `any` and `unknown` may be right.
 */
export function contractModule(file: string, entryPoint: string): string {
  const address = JSON.stringify(file.replaceAll('\\', '/'));
  const name = entryPoint === 'default' ? 'entry' : `{ ${entryPoint} as entry }`;
  return [
    `import type ${name} from ${address}; import type { Context } from 'model-archiver/service';`,
    'type Entry = typeof entry; type Of<T> = T extends { handle: infer H } ? H : { readonly lacks: "handle" };',
    'type Called = 0 extends 1 & Entry ? any : Entry extends abstract new (...args: never) => infer S ? Of<S> : Entry extends (...args: never) => unknown ? Entry : Of<Entry>;',
    'declare const called: Called; type Result = Called extends (...args: never) => infer R ? R : any;',
    'export const callable: (...args: never) => unknown = called;',
    'export const parameters: (batch: any[], context: Context, prepared: any) => unknown = null! as 0 extends 1 & Called ? any : Called extends (...args: infer A) => infer R ? (...args: A) => R : any;',
    'export const result: readonly unknown[] = null! as unknown extends Result ? any : Awaited<Result>;',
    '',
  ].join('\n');
}

/** What is wrong with an entry point, from an error in its contract module; undefined for an error that says nothing about it. */
export function contractFault(entryPoint: string, line: number, message: string): string | undefined {
  if (line === CALLABLE)
    return `${entryPoint} is neither a function nor a class or object with a method handle(batch, context)`;
  const [first = '', ...details] = message.split('\n');
  if (line === PARAMETERS)
    return `${entryPoint} cannot be called with (batch, context), a list of requests and the context: ${details.at(-1)?.trim() ?? first}`;
  if (line !== RESULT) return undefined;
  const found = /^Type '(.*)' is (?:not assignable|missing the following)/.exec(first)?.[1] ?? 'something else';
  return `${entryPoint} returns ${found}, expected a list with one result per request of the batch, or a promise of it`;
}

/** TypeScript's numbers for an import of what a module does not export. */
const NO_EXPORT = /^(TS2305|TS2614|TS2724|TS1192)$/;
const OF_PROVIDED = /["'](model-archiver\/service|onnxruntime-node|sharp)["']/;

/** True for a type error that is certain to break the handler when it runs: it imports what a provided module does not have. */
export function importsNothing(code: string, message: string): boolean {
  return NO_EXPORT.test(code) && OF_PROVIDED.test(message);
}
