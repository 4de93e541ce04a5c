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

/** The handler that somebody has written into the directory, by the habits of names; undefined where none looks like one. */
export async function findService(directory: string, files: readonly string[]): Promise<ExistingService | undefined> {
  const code = files.filter((file) => CODE.test(file));
  const stemOf = (file: string): string => file.slice(0, -extname(file).length);
  const file = STEMS.flatMap((stem) => code.filter((name) => stem.test(stemOf(name))))[0];
  if (file === undefined) return undefined;
  if (!file.endsWith('.py')) return { file, handler: file };
  return { file, handler: `${file}:${await pythonEntryPoint(join(directory, file))}` };
}

/** `handle` where there is such a function or only a class, which the servers take for it; else the only public function. */
async function pythonEntryPoint(path: string): Promise<string> {
  const { analysePython } = await import('#handler/python/analyse-python.js');
  const { module } = analysePython(await readFile(path, 'utf8'));
  const functions = module.functions.map(({ name }) => name).filter((name) => !name.startsWith('_'));
  const [only, ...others] = functions;
  const isOther = only !== undefined && others.length === 0 && module.classes.length === 0;
  return isOther ? only : 'handle';
}
