import type { Archive } from '#archive/archive.js';
import { readReference, resolveReference } from '#handler/resolve.js';

const MAX_SOURCE_BYTES = 4 * 2 ** 20;

/** The handler's source files by path: what its author wrote if a source map tells, the packed file otherwise. */
export async function handlerSources(archive: Archive, manifest: unknown): Promise<Map<string, string>> {
  const handler = field(manifest, 'model', 'handler');
  const record = field(manifest, 'model', 'extensions', 'modelArchiver', 'handler');
  const sourceMap = await textOf(archive, field(record, 'sourceMap'));
  const written = sourceMap === undefined ? undefined : sourcesIn(sourceMap);
  if (written !== undefined && written.size > 0) return written;
  if (typeof handler !== 'string') return new Map();
  const runtime = field(manifest, 'runtime');
  const reference = readReference(handler, typeof runtime === 'string' ? runtime : undefined);
  const path = resolveReference(reference, (candidate) => archive.get(candidate) !== undefined);
  const text = await textOf(archive, path);
  return new Map(path !== undefined && text !== undefined ? [[path, text]] : []);
}

/** A nested field of something that was parsed from JSON and not checked. */
function field(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((parent, name) => {
    return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
      ? Reflect.get(parent, name)
      : undefined;
  }, value);
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
  const [names, contents] = [field(map, 'sources'), field(map, 'sourcesContent')];
  if (!Array.isArray(names) || !Array.isArray(contents)) return undefined;
  const sources = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const content: unknown = contents[index];
    if (typeof name === 'string' && typeof content === 'string' && !name.includes('node_modules/'))
      sources.set(name, content);
  }
  return sources;
}
