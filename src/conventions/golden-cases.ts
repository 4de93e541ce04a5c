import { posix } from 'node:path';
import { beside } from '#inside.js';

/** Where an archive keeps its golden cases, and the files that they send. */
export const GOLDEN_CASES_DIR = 'MAR-INF/tests';

/** Whether an entry is a golden case: a JSON file in that folder, not below it. */
export function isGoldenCase(path: string): boolean {
  return posix.dirname(path) === GOLDEN_CASES_DIR && path.endsWith('.json');
}

/** The entry that a case sends as its `request.file`, which lies beside the case; undefined when the name leads out of the archive. */
export function requestEntry(file: string): string | undefined {
  return beside(`${GOLDEN_CASES_DIR}/case.json`, file);
}
