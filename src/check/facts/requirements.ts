import type { Archive } from '#archive/archive.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';

/** The distributions that the requirements file of an archive lists, names normalized as PyPI does. */
export async function readRequirements(archive: Archive, manifest: ManifestDocument): Promise<ReadonlySet<string>> {
  const named = manifest.model['requirementsFile'];
  const entry = archive.get(typeof named === 'string' ? named : 'requirements.txt');
  if (!entry) return new Set();
  const text = (await archive.bytes(entry)).toString('utf8');
  const names = text.split('\n').map((line) => /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1] ?? '');
  return new Set(names.map((name) => name.toLowerCase().replace(/[-_.]+/g, '-')));
}
