import { shownName } from './entry-path.js';
import type { ProblemList } from './problem.js';

/** The name as a file system that ignores case and Unicode form sees it, with the separator sorting before all else. */
function folded(path: string): string {
  return path.normalize('NFC').toLowerCase().replaceAll('/', '\0');
}

/** Reports paths that occur twice, that differ only by case or Unicode form, and files that another entry uses as a folder. */
export function checkClashes(paths: readonly string[], problems: ProblemList): void {
  const sorted = paths
    .map((path) => ({ path, key: folded(path) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  for (const [index, { path, key }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined) return;
    const entry = shownName(next.path);
    const other = shownName(path);
    if (next.path === path) {
      problems.add('ERR_ENTRY_DUPLICATE', `entry "${entry}" occurs more than once`, { entry });
    } else if (next.key === key) {
      problems.add('ERR_ENTRY_CLASH', `entries "${other}" and "${entry}" differ only by case or Unicode form`, {
        entry,
      });
    } else if (next.key.startsWith(`${key}\0`)) {
      problems.add('ERR_ENTRY_CLASH', `entry "${other}" is a file and the folder of "${entry}"`, { entry });
    }
  }
}
