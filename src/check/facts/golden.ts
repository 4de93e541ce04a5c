import type { Archive } from '#archive/archive.js';
import { isGoldenCase } from '#conventions/golden-cases.js';
import { JsonDocument } from '#manifest/json-document.js';

/** One golden case as it lies in the archive. */
export interface GoldenFile {
  readonly entry: string;
  readonly json: JsonDocument;
}

/** As `mar test` has it. */
const LIMIT = 16 * 1024 * 1024;

/** The golden cases of an archive: `MAR-INF/tests/*.json`. */
export async function readGoldenFiles(archive: Archive): Promise<GoldenFile[]> {
  const entries = archive.entries.filter(({ path }) => isGoldenCase(path));
  return Promise.all(
    entries.map(async (entry) => ({
      entry: entry.path,
      json: new JsonDocument((await archive.bytes(entry, LIMIT)).toString('utf8')),
    })),
  );
}
