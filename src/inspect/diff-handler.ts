import { openArchive } from '#archive/open.js';
import type { FileChange } from './diff-files.js';
import { handlerSources } from './handler-sources.js';
import type { InspectResult } from './inspect.js';
import { patchOf } from './patch.js';

/** A source file of the handler that changed. */
export interface SourceChange {
  readonly path: string;
  /** Unified diff, three lines of context; absent when the two have too little in common. */
  readonly patch?: string;
}

/** The changes of the handler's source, as its author wrote it: from the source map where the handler was compiled. */
export async function diffHandler(
  before: InspectResult,
  after: InspectResult,
  files: readonly FileChange[],
): Promise<SourceChange[]> {
  if (files.length === 0) return [];
  const [from, to] = [await sourcesOf(before), await sourcesOf(after)];
  return [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((path) => {
    const [old, now] = [from.get(path), to.get(path)];
    return old === now ? [] : [{ path, ...patchOf(path, old, now) }];
  });
}

/** Empty for an archive that is not safe to open: its files are compared by digest all the same. */
async function sourcesOf(inspected: InspectResult): Promise<Map<string, string>> {
  if (inspected.problems.some(({ severity }) => severity === 'error')) return new Map();
  const archive = await openArchive(inspected.archive);
  try {
    return await handlerSources(archive);
  } finally {
    await archive.close();
  }
}
