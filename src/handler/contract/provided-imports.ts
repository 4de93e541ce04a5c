import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import { ownModule } from '#own-files.js';
import { codeFrame } from '../code-frame.js';
import type { CompiledHandler } from '../compile.js';

/**
 * Throws `ERR_HANDLER_CONTRACT` for a name that the handler, or a package that it bundles, takes from a provided module which does not
 * export it. It would fail when it is loaded, or be undefined. A provided module that cannot be loaded here is not looked at.
 */
export async function checkProvidedImports(compiled: CompiledHandler, source: string): Promise<void> {
  const code = compiled.code.toString();
  const wrong: string[] = [];
  for (const specifier of PROVIDED_MODULES.filter((name) => Object.hasOwn(compiled.provided, name))) {
    const names = takenNames(code, specifier);
    if (names.length === 0) continue;
    const known = await exportsOf(specifier);
    if (known === undefined) continue;
    // CommonJS has a default export for whoever imports it.
    const missing = names.filter(
      (one) => !known.includes(one) && (one !== 'default' || specifier === 'model-archiver/service'),
    );
    for (const name of missing) wrong.push(await describe(name, specifier, known, compiled));
  }
  if (wrong.length === 0) return;
  throw new MarError(`The handler ${source} takes what a provided module does not export.`, {
    code: 'ERR_HANDLER_CONTRACT',
    detail: wrong.join('\n'),
    hint: 'Correct the names; docs/handlers.md lists what model-archiver/service has.',
  });
}

/** Names that a bundle takes from a module, in the form in which esbuild writes them. */
function takenNames(code: string, specifier: string): string[] {
  const module = specifier.replaceAll('/', '\\/');
  const listed = [
    ...code.matchAll(new RegExp(`^import (?:[\\w$]+, )?\\{([^}]*)\\} from "${module}";$`, 'gm')),
    ...code.matchAll(new RegExp(`^ *(?:const|let|var) \\{([^}=]*)\\} = (?:__)?require\\("${module}"\\);$`, 'gm')),
  ].flatMap(([, list = '']) =>
    list.split(',').map(
      (one) =>
        one
          .trim()
          .split(/ as |:/)[0]
          ?.trim() ?? '',
    ),
  );
  const isDefault = new RegExp(`^import [\\w$]+(?:, .*)? from "${module}";$`, 'm').test(code) ? ['default'] : [];
  const spaces = [
    ...code.matchAll(new RegExp(`^import \\* as ([\\w$]+) from "${module}";$`, 'gm')),
    ...code.matchAll(new RegExp(`^ *(?:const|let|var) ([\\w$]+) = (?:__)?require\\("${module}"\\);$`, 'gm')),
  ].flatMap(([, space = '']) =>
    [
      ...code.matchAll(
        new RegExp(`(?<![\\w$.'"])${space.replaceAll('$', '\\$')}\\.([A-Za-z_$][\\w$]*)(?! *=[^=])`, 'g'),
      ),
    ].map(([, name = '']) => name),
  );
  return [...new Set([...listed, ...isDefault, ...spaces])].filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
}

async function exportsOf(specifier: string): Promise<string[] | undefined> {
  try {
    const own = specifier === 'model-archiver/service';
    const module: object = await import(own ? pathToFileURL(ownModule('service/index')).href : specifier);
    const value: unknown = Reflect.get(module, 'default');
    const inside = typeof value === 'object' || typeof value === 'function' ? membersOf(value) : [];
    return [...new Set([...Object.keys(module), ...inside])];
  } catch {
    return undefined;
  }
}

/** Own and inherited names: a function has `call`, an object `hasOwnProperty`. */
function membersOf(value: object | null): string[] {
  if (value === null) return [];
  return [...Object.getOwnPropertyNames(value), ...membersOf(Object.getPrototypeOf(value))];
}

/** The place in the sources where the name is taken, as far as it is found, and what may have been meant. */
async function describe(
  name: string,
  specifier: string,
  known: readonly string[],
  { inputs }: CompiledHandler,
): Promise<string> {
  const message = `${specifier} does not export '${name}'${didYouMean(name, known)}`;
  for (const input of inputs) {
    const text = await readFile(input, 'utf8');
    const at = text.includes(specifier) ? text.search(new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`)) : -1;
    if (at < 0) continue;
    const before = text.slice(0, at).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return `${relative(process.cwd(), input)}:${place.line}:${place.column}: ${message}\n${codeFrame(text, place)}`;
  }
  return `  ${message}`;
}
