import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { PackWarning } from './result.js';

/** Smaller files are not worth a word. */
const WORTH_SAYING = 1024 * 1024;

/** Large files that are packed more than once with the same content: usually weights that were copied by mistake. */
export function duplicateWarnings(entries: readonly PackedEntry[]): PackWarning[] {
  const groups = new Map<string, PackedEntry[]>();
  for (const entry of entries) {
    if (entry.size < WORTH_SAYING) continue;
    groups.set(entry.sha256, [...(groups.get(entry.sha256) ?? []), entry]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      code: 'duplicate-weights',
      message: `${group.map(({ path }) => path).join(' and ')} have the same content (${group[0]?.size} bytes each).`,
    }));
}
