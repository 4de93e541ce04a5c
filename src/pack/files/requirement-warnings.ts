import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { followRequirements, REQUIREMENTS_FILE, requirementsText } from '#conventions/requirements.js';
import type { PackWarning } from '../result.js';

/** Files that the requirements of the archive name and that are not packed, and lines that pip refuses: it then installs nothing. `file` is the manifest's. */
export async function requirementWarnings(plan: readonly PlannedEntry[], file?: string): Promise<PackWarning[]> {
  const entries = new Map(plan.map((entry) => [entry.path, entry]));
  const { missing, refused } = await followRequirements(file ?? REQUIREMENTS_FILE, {
    read: async (path) => {
      const entry = entries.get(path);
      if (entry === undefined) return undefined;
      return requirementsText('source' in entry ? await readFile(entry.source.file) : Buffer.from(entry.bytes));
    },
    has: (path) => {
      const wanted = posix.join(path).replace(/\/+$/, '');
      return wanted === '.' || entries.has(wanted) || plan.some((entry) => entry.path.startsWith(`${wanted}/`));
    },
  });
  return [
    ...missing.map(({ file: from, line, named }) => ({
      code: 'requirement-not-packed' as const,
      message: `${from}:${line} names ${named}, which is not packed: no server can install the requirements.`,
    })),
    ...refused.map(({ file: from, line, fault }) => ({
      code: 'requirement-refused' as const,
      message: `${from}:${line} ${fault}: pip refuses it, and no server can install the requirements.`,
    })),
  ];
}
