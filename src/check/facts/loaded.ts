import type { Archive, ArchiveEntry } from '#archive/archive.js';
import type { LoadedFile, PlacedUse } from '#models/content/findings.js';
import type { AllowList } from '#models/pickle/judge.js';
import type { PackedReview } from './code.js';
import type { Loadable } from './integrity.js';

/** An entry that a loader of models may run, and what it would do. */
export interface LoadedEntry {
  readonly entry: ArchiveEntry;
  readonly file: LoadedFile;
  /** Uses of imports that run commands, load code, or are hidden. */
  readonly dangerous: readonly PlacedUse[];
  /** Uses of imports that neither our list nor the user's holds. */
  readonly unlisted: readonly PlacedUse[];
}

/** Follows the entries that may be loaded, one after the other: memory is bounded for one of them. `packed` gets the source in them. */
export async function followLoadable(
  archive: Archive,
  entries: readonly Loadable[],
  allowed: AllowList,
  packed: PackedReview,
  signal?: AbortSignal,
): Promise<LoadedEntry[]> {
  if (entries.length === 0) return [];
  const { contentOf } = await import('#models/content/bytes.js');
  const { followFile } = await import('#models/content/follow.js');
  const { judge } = await import('#models/pickle/judge.js');
  const found: LoadedEntry[] = [];
  for (const { entry, content } of entries) {
    signal?.throwIfAborted();
    const source = content ? contentOf(content) : { size: entry.size, open: () => archive.reader(entry) };
    const file = await followFile(source, entry.path, (where, bytes) => packed.take(`${entry.path}!${where}`, bytes));
    packed.close(file.members);
    const judged = (wanted: string) => file.uses.filter((use) => judge(use, allowed, use.isScript) === wanted);
    const isOwn = ownClasses(entry.path, file.members);
    found.push({
      entry,
      file,
      dangerous: judged('dangerous'),
      unlisted: judged('unlisted').filter((use) => !isOwn(use)),
    });
  }
  return found;
}

/**
 * A package's pickles hold instances of its own classes, whose source in it is reviewed like all other. What is called is another thing: a name of
 * that source may stand for any function.
 */
function ownClasses(path: string, members: readonly string[]): (use: Pick<PlacedUse, 'module' | 'how'>) => boolean {
  if (!/\.whl$/i.test(path)) return () => false;
  const sources = new Set(members.filter((member) => member.endsWith('.py')));
  return ({ module, how }) => {
    if (how === 'called') return false;
    const way = module.replaceAll('.', '/');
    return sources.has(`${way}.py`) || sources.has(`${way}/__init__.py`);
  };
}
