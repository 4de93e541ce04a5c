import { DEFAULT_LIMITS } from '#archive/limits.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { MarError } from '#errors/mar-error.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';

/**
 * Puts entries from every source into one list, sorted by path. The same file given twice counts once; two different ones
 * with the same path are `ERR_FILES_CLASH`, naming both, and so are a file and the folder of another one.
 */
export function planEntries(entries: readonly PlannedEntry[]): PlannedEntry[] {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const plan = sorted.filter((entry, index) => {
    const before = sorted[index - 1];
    if (before?.path !== entry.path) return true;
    if (origin(before) !== origin(entry)) throw clash(entry.path, origin(before), origin(entry));
    return false;
  });
  const folders = foldersOf(plan);
  for (const entry of plan) {
    if (entry.path === MANIFEST_PATH) throw clash(entry.path, origin(entry), 'the manifest of this build');
    const inside = folders.get(entry.path);
    if (inside) throw clash(entry.path, origin(entry), `the folder of ${origin(inside)}`);
  }
  if (plan.length >= DEFAULT_LIMITS.entries) {
    throw new MarError(`The archive would have ${plan.length + 1} entries; readers accept ${DEFAULT_LIMITS.entries}.`, {
      code: 'ERR_TOO_MANY_ENTRIES',
    });
  }
  return plan;
}

/** Every folder, with an entry that lies in it. */
function foldersOf(plan: readonly PlannedEntry[]): Map<string, PlannedEntry> {
  const folders = new Map<string, PlannedEntry>();
  let last = '';
  for (const entry of plan) {
    const folder = entry.path.slice(0, entry.path.lastIndexOf('/') + 1);
    if (folder === last) continue;
    last = folder;
    for (let end = folder.length - 1; end > 0; end = folder.lastIndexOf('/', end - 1)) {
      folders.set(folder.slice(0, end), entry);
    }
  }
  return folders;
}

function origin(entry: PlannedEntry): string {
  return 'source' in entry ? entry.source.file : entry.origin;
}

function clash(path: string, one: string, other: string): MarError {
  return new MarError(`Two files would become the entry ${path}: ${one} and ${other}.`, {
    code: 'ERR_FILES_CLASH',
    hint: 'Rename one of them, or leave one out.',
  });
}
