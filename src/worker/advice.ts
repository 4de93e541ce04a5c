import { existsSync, readdirSync } from 'node:fs';
import { delimiter, isAbsolute, resolve, sep } from 'node:path';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import { didYouMean } from '#nearest.js';

/** Names of an archive that a sentence takes. */
const NAMED = 8;

/** The frame of Node that compiles a module. */
const COMPILING = /^\s+at (compileSourceTextModule|wrapSafe) /m;

const READ_ONLY =
  'Nothing can be written there: in a sandbox (--sandbox, validate --run) files belong into the temporary directory, os.tmpdir().';

/** True for what V8, Node and native libraries throw when memory is short. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    (error instanceof RangeError && /allocation failed|invalid (typed )?array (buffer )?length/i.test(error.message)) ||
    /bad[_ ]alloc|out of memory|failed to allocate memory/i.test(messageOf(error))
  );
}

/** What to do about a handler's error, one sentence, where it is of a kind that is known. */
export function adviceOn(error: unknown, modelDir: string): string | undefined {
  if (error instanceof MarError) return error.advice;
  if (isOutOfMemory(error))
    return 'Start fewer workers, or send smaller batches: this machine has no more memory for it.';
  const code = systemCode(error);
  if (code === 'ENOENT') return onMissingFile(missingFile(error, modelDir), modelDir);
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return onMissingModule(messageOf(error), modelDir);
  if (code === 'EROFS') return READ_ONLY;
  if (error instanceof SyntaxError && COMPILING.test(String(error.stack)))
    return 'The handler is not valid JavaScript: mar validate shows where.';
  return undefined;
}

function onMissingFile(path: string | undefined, modelDir: string): string | undefined {
  if (path === undefined) return undefined;
  const missing = below(modelDir, path);
  if (missing === undefined) {
    return `${path} is not on this machine: pack the file, and find it by context.modelDir.`;
  }
  return `${missing} is not in the archive, which holds ${contents(missing, modelDir)}: put it into the model directory and pack again.`;
}

function onMissingModule(message: string, modelDir: string): string {
  const [, kind, name = ''] = /Cannot find (package|module) '([^']+)'/.exec(message) ?? [];
  const missing = kind === 'module' && isAbsolute(name) ? below(modelDir, name) : undefined;
  if (missing !== undefined) return `${missing} is not in the archive, which holds ${contents(missing, modelDir)}.`;
  if (PROVIDED_MODULES.includes(name)) return onMissingProvided(name);
  return `The archive has no module '${name}': install it beside the handler and pack again, which takes in what a handler imports.`;
}

/** Our runner has them; behind the bridge they may lack. */
function onMissingProvided(name: string): string {
  const searched = (process.env['MAR_NODE_PATH'] ?? '').split(delimiter).filter(Boolean);
  return (
    `${name} is not in the archive (mar build --vendor ${process.platform}-${process.arch} puts it there), nor in ` +
    `${searched.join(', ') || 'MAR_NODE_PATH, which is not set'}: npm install --global ${name}, or name the node_modules that has it in MAR_NODE_PATH.`
  );
}

/** The way to something that can be missing in the archive, which its directory itself cannot. */
function below(modelDir: string, path: string): string | undefined {
  return inside(modelDir, path) || undefined;
}

/** What lies at the top of the archive, without the part of the packer. */
function contents(missing: string, modelDir: string): string {
  const names = readdirSync(modelDir, { withFileTypes: true })
    .filter(({ name }) => name !== 'MAR-INF')
    .map((entry) => (entry.isDirectory() ? entry.name + sep : entry.name))
    .sort();
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return names.slice(0, NAMED).join(', ') + more + didYouMean(missing, names);
}

/** The file that an error is about: not a program that was to be started, nor one whose destination is what is missing. */
function missingFile(error: unknown, modelDir: string): string | undefined {
  const { path, syscall } = error as { path?: unknown; syscall?: unknown };
  if (typeof path !== 'string' || String(syscall).startsWith('spawn')) return undefined;
  return existsSync(resolve(modelDir, path)) ? undefined : path;
}
