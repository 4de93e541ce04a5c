import { posix } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { unreadCoding } from '#conventions/coding.js';
import {
  followRequirements,
  parseRequirements,
  REQUIREMENTS_FILE,
  type Requirements,
  requirementsText,
} from '#conventions/requirements.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import {
  directRequirements,
  INSTALLER_SETTINGS,
  indexSettings,
  PACKAGE_METADATA,
  type RequirementsText,
} from './packed-requirements.js';

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
      return entry && requirementsText(await archive.bytes(entry));
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

const ANY_REQUIREMENTS = /(^|\/)(requirements|constraints)[\w.-]*\.txt$/i;
/** A list of requirements is a page. */
const LARGEST_LIST = 1024 * 1024;

/**
 * Every list of requirements: those that are called so, the one that the manifest names, those that these name (`-r`, `-c`), of packages'
 * sources what they want from addresses, and of configurations of installers where these look.
 */
export async function listRequirements(
  archive: Archive,
  manifest: ManifestDocument | undefined,
): Promise<RequirementsText[]> {
  const named = manifest?.model['requirementsFile'];
  const first = typeof named === 'string' ? [posix.join(manifest?.modelDir ?? '', named)] : [];
  const usual = archive.entries.map(({ path }) => path).filter((path) => ANY_REQUIREMENTS.test(path));
  const found = new Map<string, RequirementsText>();
  const paths = [...usual, ...first];
  for (const path of paths) {
    const entry = found.has(path) ? undefined : archive.get(path);
    if (entry === undefined) continue;
    if (entry.size > LARGEST_LIST) {
      found.set(path, { entry: path, text: '', unread: 'is larger than a list of requirements may be' });
      continue;
    }
    const bytes = await archive.bytes(entry, LARGEST_LIST);
    const text = requirementsText(bytes);
    const unread = unreadCoding(bytes);
    found.set(path, { entry: path, text, ...(unread !== undefined && { unread: `is encoded as ${unread}` }) });
    for (const { path: other, list } of parseRequirements(text))
      if (list !== undefined && other !== undefined) paths.push(posix.join(posix.dirname(path), other));
  }
  const all = [...found.values()];
  for (const entry of archive.entries) {
    const isMetadata = PACKAGE_METADATA.test(entry.path);
    const isSetting = INSTALLER_SETTINGS.test(entry.path);
    if (!(isMetadata || isSetting) || entry.size > LARGEST_LIST || archive.get(entry.path) === undefined) continue;
    const bytes = await archive.bytes(entry, LARGEST_LIST);
    const wanted = isMetadata ? directRequirements(entry.path, bytes) : undefined;
    if (wanted !== undefined) all.push(wanted);
    const settings = isSetting ? indexSettings(entry.path, requirementsText(bytes)) : undefined;
    if (settings !== undefined) all.push(settings);
  }
  return all;
}
