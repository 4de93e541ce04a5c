import { readReference, resolveReference } from '#handler/resolve.js';
import type { Source } from '../source.js';
import type { PythonServer } from './server-manifest.js';

/** The packages of the servers themselves, and what each is called. */
const OWN: Readonly<Record<string, string>> = { mms: 'Multi Model Server', ts: 'TorchServe' };

/** A file of more than this is no handler. */
const LIMIT = 4 * 2 ** 20;

/**
 * Why a Python handler is tied to the server that it was written for: it imports that server's own package, or derives from a service of
 * Multi Model Server 0.4, which later ones construct in another way. Imports in a `try` may fail.
 */
export async function importFaults(source: Source, server: PythonServer): Promise<string[]> {
  const { archive, document, paths, entryAt } = source;
  const { handler, runtime } = document;
  if (handler === undefined || runtime === 'nodejs' || runtime === 'LSP') return [];
  const file = resolveReference(readReference(handler, runtime), (path) => paths.includes(path));
  const entry = file === undefined ? undefined : archive.get(entryAt(file));
  if (file === undefined || entry === undefined || entry.size > LIMIT) return [];
  const { analysePython } = await import('#handler/python/analyse-python.js');
  const { imports } = analysePython((await archive.bytes(entry)).toString('utf8')).module;
  const needed = imports.filter(({ level, optional }) => level === 0 && !optional).map(({ module }) => module);
  const old = document.legacy ? needed.find((module) => /^mms\.model_service\b/.test(module)) : undefined;
  if (old !== undefined)
    return [
      `${file} derives from a service of Multi Model Server 0.4 (${old}), which no later server constructs as it wants: write handle(data, context).`,
    ];
  const there = server === 'torchserve' ? 'ts' : 'mms';
  const foreign = new Set(
    needed.map((module) => module.split('.')[0] ?? '').filter((top) => OWN[top] && top !== there),
  );
  return [...foreign]
    .filter((top) => !paths.some((path) => path === `${top}.py` || path.startsWith(`${top}/`)))
    .map((top) => `${file} imports ${top}, the package of ${OWN[top]} itself, which ${OWN[there]} does not have.`);
}
