import { MarError } from '#errors.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import { DEFAULT_LIMITS } from '#read/limits.js';
import type { SourceFile } from './source-file.js';

/** One entry to write: a file on disk, or bytes made by the packer. */
export type PlannedEntry = FileEntry | BytesEntry;

export interface FileEntry {
  readonly path: string;
  readonly source: SourceFile;
}

export interface BytesEntry {
  readonly path: string;
  readonly bytes: Buffer;
  /** What it was made from, for messages. */
  readonly origin: string;
}

/** Size in bytes of an entry's content. */
export function plannedSize(entry: PlannedEntry): number {
  return 'source' in entry ? entry.source.size : entry.bytes.length;
}

/** 0o755 for executables, 0o644 for everything else: what the user's umask did is not recorded. */
export function plannedMode(entry: PlannedEntry): number {
  return 'source' in entry && entry.source.executable ? 0o755 : 0o644;
}

/**
 * Puts entries from every source into one list, sorted by path. The same file given twice counts once; two different ones
 * with the same path are `ERR_ENTRY_CLASH`, naming both.
 */
export function planEntries(entries: Iterable<PlannedEntry>): PlannedEntry[] {
  const plan = new Map<string, PlannedEntry>();
  for (const entry of entries) {
    const other = plan.get(entry.path);
    if (other === undefined) plan.set(entry.path, entry);
    else if (origin(other) !== origin(entry)) throw clash(entry.path, origin(other), origin(entry));
    if (entry.path === MANIFEST_PATH) throw clash(entry.path, origin(entry), 'the manifest of this build');
  }
  checkFolders(plan);
  if (plan.size >= DEFAULT_LIMITS.entries) {
    throw new MarError(`The archive would have ${plan.size + 1} entries; readers accept ${DEFAULT_LIMITS.entries}.`, {
      code: 'ERR_TOO_MANY_ENTRIES',
      kind: 'limit',
      hint: 'Leave files out with .marignore or --exclude, or put many small files into one.',
    });
  }
  return [...plan.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A path cannot be both a file and the folder of another one. */
function checkFolders(plan: ReadonlyMap<string, PlannedEntry>): void {
  for (const entry of plan.values()) {
    for (let end = entry.path.lastIndexOf('/'); end > 0; end = entry.path.lastIndexOf('/', end - 1)) {
      const folder = plan.get(entry.path.slice(0, end));
      if (folder) throw clash(folder.path, origin(folder), `the folder of ${origin(entry)}`);
    }
  }
}

function origin(entry: PlannedEntry): string {
  return 'source' in entry ? entry.source.file : entry.origin;
}

function clash(path: string, one: string, other: string): MarError {
  return new MarError(`Two files would become the entry ${path}: ${one} and ${other}.`, {
    code: 'ERR_ENTRY_CLASH',
    kind: 'conflict',
    hint: 'Rename one of them, or leave one out.',
  });
}
