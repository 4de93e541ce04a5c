import { posix } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { followRequirements, REQUIREMENTS_FILE, type Requirements } from '#conventions/requirements.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';

/** What the Python requirements of an archive ask for. */
export interface PackedRequirements extends Requirements {
  /** Whether the manifest names the file: TorchServe installs no other. */
  readonly declared: boolean;
}

/** Reads the file that the manifest names, else the `requirements.txt` at the top of the model directory; empty without one. */
export async function readRequirements(archive: Archive, manifest: ManifestDocument): Promise<PackedRequirements> {
  const named = manifest.model['requirementsFile'];
  const declared = typeof named === 'string' && named !== '';
  const inModelDir = (path: string) => posix.join(manifest.modelDir, path);
  const place = {
    read: async (path: string) => {
      const entry = archive.get(inModelDir(path));
      return entry && (await archive.bytes(entry)).toString('utf8');
    },
    has: (path: string) => {
      const wanted = inModelDir(path).replace(/\/+$/, '');
      if (wanted === '.' || archive.get(wanted) !== undefined) return true;
      return archive.entries.some((entry) => entry.path.startsWith(`${wanted}/`));
    },
  };
  const file = declared ? posix.normalize(named) : REQUIREMENTS_FILE;
  return { ...(await followRequirements(file, place)), declared };
}
