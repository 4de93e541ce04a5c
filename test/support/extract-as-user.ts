import { extractFile } from '#archive/extract-file.js';
import { ArchiveError } from '#archive/problem.js';

/** Opens and extracts as a user would; returns the code it was refused with. What was written is left for the caller to see. */
export async function extractAsUser(path: string, target: string): Promise<string | undefined> {
  try {
    await extractFile(path, target);
    return undefined;
  } catch (error) {
    if (error instanceof ArchiveError) return error.code;
    throw error;
  }
}
