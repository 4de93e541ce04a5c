import { posix } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { readReference, resolveReference } from '#handler/resolve.js';
import { isObject, objectAt } from '#json-object.js';
import { findManifest } from '#manifest/read-manifest.js';

const MAX_SOURCE_BYTES = 4 * 2 ** 20;

/** The handler's source files by path: what its author wrote if a source map tells, the packed file otherwise. */
export async function handlerSources(archive: Archive): Promise<Map<string, string>> {
  const { document, modelDir } = await findManifest(archive);
  if (document === undefined) return new Map();
  const sourceMap = await textOf(archive, objectAt(document.archiver, 'handler')['sourceMap']);
  const written = sourceMap === undefined ? undefined : sourcesIn(sourceMap);
  if (written !== undefined && written.size > 0) return written;
  if (document.handler === undefined) return new Map();
  const inArchive = (candidate: string) => posix.join(modelDir, candidate);
  const reference = readReference(document.handler, document.runtime);
  const found = resolveReference(reference, (candidate) => archive.get(inArchive(candidate)) !== undefined);
  const path = found === undefined ? undefined : inArchive(found);
  const text = await textOf(archive, path);
  return new Map(path !== undefined && text !== undefined ? [[path, text]] : []);
}

async function textOf(archive: Archive, path: unknown): Promise<string | undefined> {
  const entry = typeof path === 'string' ? archive.get(path) : undefined;
  if (entry === undefined || entry.size > MAX_SOURCE_BYTES) return undefined;
  return (await archive.bytes(entry)).toString('utf8');
}

/** The author's files of a source map, without those of npm packages. */
function sourcesIn(sourceMap: string): Map<string, string> | undefined {
  let map: unknown;
  try {
    map = JSON.parse(sourceMap);
  } catch {
    return undefined;
  }
  const { sources: names, sourcesContent: contents } = isObject(map) ? map : {};
  if (!Array.isArray(names) || !Array.isArray(contents)) return undefined;
  const sources = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const content: unknown = contents[index];
    if (typeof name === 'string' && typeof content === 'string' && !name.includes('node_modules/'))
      sources.set(name, content);
  }
  return sources;
}
