import { MarError } from '#errors/mar-error.js';
import type { CompiledHandler } from '../compile.js';

/** How a class or an object declares inputs, as esbuild writes it. Most do not, and a look with ts-morph takes a fifth of a second. */
const MAY_DECLARE = /\bstatic inputs\b|\bthis\.inputs = |(^\s*|[{,] )inputs(:|,| \})/m;

/**
 * What the entry point of a compiled handler declares as its inputs: a class as `static inputs`, an object as its member `inputs`, a function
 * as the export `inputs` beside it. Read from the module as it is packed, in which everything that was imported is in one place; nothing is run, since what a
 * handler does when it is imported (loading a model, asking for a GPU) is not for the build. Undefined where it declares none; throws
 * `ERR_HANDLER_CONTRACT` for what is not written out.
 */
export async function declaredInputs(
  { code, exports }: Pick<CompiledHandler, 'code' | 'exports'>,
  entryPoint: string,
  source: string,
): Promise<unknown> {
  const text = code.toString();
  if (!exports.includes('inputs') && !MAY_DECLARE.test(text)) return undefined;
  const { findDeclaration } = await import('./find-declaration.js');
  const { literalValue, NotWritten } = await import('./literal-value.js');
  const found = findDeclaration(text, entryPoint);
  if (found === undefined) return undefined;
  try {
    if (found !== 'hidden') return literalValue(found);
    throw new NotWritten(`what ${entryPoint} is`);
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    throw new MarError(`The inputs that ${source} declares cannot be read: ${error.text} is not written out.`, {
      code: 'ERR_HANDLER_CONTRACT',
      hint: 'They are read without running the handler: write texts, numbers, lists and objects, or names of constants that hold them, in an ES module. What is called inputs and means something else needs another name.',
    });
  }
}
