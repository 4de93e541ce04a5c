import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A handler that lies in the directory already. */
export interface ExistingService {
  /** Relative to the directory. */
  readonly file: string;
  /** As a build names it: `service.py:handle`, `service.ts`. */
  readonly handler: string;
}

/** Names that handlers have by habit, without their ending, the most telling first. */
const STEMS = [/^service$/, /^handler$/, /^model_?(service|handler)$/i, /[_-](service|handler)$/i, /^inference$/];
const CODE = /(?<!\.(d|test|spec))\.([cm]?[jt]s|py)$/;

/** Names of a handler that stands alone. */
const ONLY = /^(index|main|app|predict|predictor)$/;
/** Code of tools. */
const NOT_HANDLERS = /\.config\.[cm]?[jt]s$|^(setup|conftest)\.py$/;

/**
 * The handler that somebody has written into the directory, by the habits of names, or the only file of code where it is called `index`, `main`
 * or the like and offers something that could be called; undefined where none looks like one.
 */
export async function findService(directory: string, files: readonly string[]): Promise<ExistingService | undefined> {
  const code = files.filter((file) => CODE.test(file));
  const stemOf = (file: string): string => file.slice(0, -extname(file).length);
  const file = STEMS.flatMap((stem) => code.filter((name) => stem.test(stemOf(name))))[0];
  if (file === undefined)
    return onlyService(
      directory,
      code.filter((name) => !NOT_HANDLERS.test(name)),
    );
  return described(directory, file);
}

async function onlyService(
  directory: string,
  [file, ...others]: readonly string[],
): Promise<ExistingService | undefined> {
  if (file === undefined || others.length > 0 || !ONLY.test(file.slice(0, -extname(file).length))) return undefined;
  const text = await readFile(join(directory, file), 'utf8');
  // A script that is run by hand has functions of its own kind.
  const offers = file.endsWith('.py') ? /^(class\s|(async\s+)?def\s+\w+\s*\(\s*\w[^)]*,)/m : /\bexports?\b/;
  return offers.test(text) ? described(directory, file) : undefined;
}

async function described(directory: string, file: string): Promise<ExistingService> {
  if (!file.endsWith('.py')) return { file, handler: file };
  return { file, handler: `${file}:${await pythonEntryPoint(join(directory, file))}` };
}

/** `handle` where there is such a function or only a class, which the servers take for it; else the only public function. */
async function pythonEntryPoint(path: string): Promise<string> {
  const { analysePython } = await import('./python/analyse-python.js');
  const { module } = analysePython(await readFile(path, 'utf8'));
  const functions = module.functions.map(({ name }) => name).filter((name) => !name.startsWith('_'));
  const [only, ...others] = functions;
  const isOther = only !== undefined && others.length === 0 && module.classes.length === 0;
  return isOther ? only : 'handle';
}
