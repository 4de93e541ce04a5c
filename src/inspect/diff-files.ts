import type { InspectedEntry, InspectResult } from './inspect.js';

/** A file other than the manifest, whose fields are compared instead. */
export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed' | 'moved';
  /** Of a moved file: where its content was. */
  readonly movedFrom?: string;
  /** Bytes. */
  readonly sizeFrom?: number;
  readonly sizeTo?: number;
}

type Listed = Pick<InspectResult, 'entries' | 'manifestPath'>;

/** The files in which two archives differ by content, sorted by path; a file with the content of a removed one is moved. */
export function diffFiles(before: Listed, after: Listed): FileChange[] {
  const from = contentOf(before);
  const to = contentOf(after);
  const gone = new Map([...from.values()].filter(({ path }) => !to.has(path)).map((entry) => [entry.sha256, entry]));
  const changes: FileChange[] = [];
  for (const entry of to.values()) {
    const old = from.get(entry.path);
    if (old !== undefined) {
      if (old.sha256 === entry.sha256 && old.sha256 !== undefined) continue;
      changes.push({ path: entry.path, change: 'changed', sizeFrom: old.size, sizeTo: entry.size });
      continue;
    }
    const source = entry.size > 0 ? gone.get(entry.sha256) : undefined;
    if (source === undefined) {
      changes.push({ path: entry.path, change: 'added', sizeTo: entry.size });
    } else {
      gone.delete(entry.sha256);
      changes.push({
        path: entry.path,
        change: 'moved',
        movedFrom: source.path,
        sizeFrom: source.size,
        sizeTo: entry.size,
      });
    }
  }
  const moved = new Set(changes.map(({ movedFrom }) => movedFrom));
  for (const { path, size } of from.values()) {
    if (!to.has(path) && !moved.has(path)) changes.push({ path, change: 'removed', sizeFrom: size });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function contentOf({ entries, manifestPath }: Listed): Map<string, InspectedEntry> {
  return new Map(entries.filter(({ path }) => path !== manifestPath).map((entry) => [entry.path, entry]));
}
