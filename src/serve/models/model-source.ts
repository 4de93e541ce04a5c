import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archiveEnding } from '#archive/formats.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import { publicSource } from '#public-source.js';

/** Where an archive comes from. */
export type ModelSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

export interface LocateOptions {
  readonly modelStore?: string | undefined;
  /** Paths outside the model store are meant too: what a person typed on the command line. */
  readonly local?: boolean;
  /** For relative local paths. */
  readonly cwd?: string;
}

/**
 * Resolves what a registration names: an http(s) URL, or a name in the model store, which never leaves it; a file URL where any path is meant
 * (a registration finds none by it, as with Multi Model Server).
 * Throws `ERR_MODEL_NOT_FOUND` with Multi Model Server's sentences.
 */
export async function locateModel(asked: string, options: LocateOptions): Promise<ModelSource> {
  const url = options.local && /^file:\/\//i.test(asked) ? fileOf(asked) : asked;
  if (/^https?:\/\//i.test(url)) {
    if (!URL.canParse(url)) throw notFound(`Invalid model url: ${publicSource(url)}`);
    return { kind: 'url', url };
  }
  if (options.local) {
    const found = await sourceAt(resolve(options.cwd ?? '.', url));
    if (found) return found;
  }
  const { modelStore } = options;
  if (modelStore === undefined) {
    if (options.local) throw notFound(`${url} does not exist in ${resolve(options.cwd ?? '.')}.`);
    throw notFound(
      'Model store has not been configured.',
      'Name an http(s) URL, or start the server with --model-store DIR.',
    );
  }
  // An absolute path is a name in the store, too.
  if (inside(modelStore, join(modelStore, url)) === undefined) throw leadsOut(url);
  const found = url.includes('\0') ? undefined : await sourceAt(join(modelStore, url));
  if (found) return found;
  // So says Multi Model Server of every name with two dots in it, there or not.
  throw url.includes('..') ? leadsOut(url) : notFound(`Model not found in model store: ${url}`);
}

/** The path that a file URL means. */
function fileOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw notFound(
      `${url} is not the URL of a file here: ${messageOf(cause)}.`,
      "Write '%' in a path as %25, and no host: file:///models/x.mar.",
    );
  }
}

async function sourceAt(path: string): Promise<ModelSource | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return { kind: 'directory', path };
  return info?.isFile() ? { kind: 'file', path } : undefined;
}

const leadsOut = (url: string): MarError => notFound(`Relative path is not allowed in url: ${url}`);

function notFound(message: string, hint?: string): MarError {
  return new MarError(message, { code: 'ERR_MODEL_NOT_FOUND', ...(hint ? { hint } : {}) });
}

/** The name a startup model gets when neither the command line nor its manifest gives one: its file name, tamed. */
export function nameFromSource(source: string): string {
  // The query of a URL may hold what signs it.
  const path = /^https?:\/\//i.test(source) ? source.replace(/[?#].*$/s, '') : source;
  const base = path.slice(path.lastIndexOf('/') + 1);
  const stem = base.slice(0, base.length - (archiveEnding(base)?.length ?? 0));
  return stem.replaceAll(/\W|^_/g, '_');
}
