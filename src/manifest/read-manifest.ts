import { MarError } from '#errors/mar-error.js';
import { holdToSchema, listProblems } from '#schema.js';
import { MANIFEST_PATH, type Manifest } from './manifest.js';
import { parseManifestJson } from './manifest-json.js';

/** The part of an archive that a manifest is read from; every `Archive` fits. */
export interface ManifestSource<Entry> {
  readonly source: string;
  get(path: string): Entry | undefined;
  bytes(entry: Entry, limit?: number): Promise<Buffer>;
}

/**
 * The manifest of an archive, held to schemas/manifest.schema.json.
 * Throws `ERR_MANIFEST_MISSING`, `ERR_MANIFEST_JSON` or `ERR_MANIFEST_INVALID`, each naming the archive and the field.
 */
export async function readManifest<Entry>(archive: ManifestSource<Entry>): Promise<Manifest> {
  const entry = archive.get(MANIFEST_PATH);
  if (!entry) {
    throw new MarError(`${archive.source} has no ${MANIFEST_PATH}, which every model archive must have.`, {
      code: 'ERR_MANIFEST_MISSING',
      hint: 'Build the archive with model-archiver; the manifests of 0.4 archives are brought up to date by --convert.',
    });
  }
  return parseManifest(await archive.bytes(entry), archive.source);
}

/** Parses and checks the bytes of a manifest; `source` names the archive in messages. */
export function parseManifest(bytes: Buffer, source: string): Manifest {
  const value = parseManifestJson(bytes.toString('utf8'), `${MANIFEST_PATH} of ${source}`);
  return holdToSchema<Manifest>(
    'manifest',
    value,
    (problems) =>
      new MarError(`${MANIFEST_PATH} of ${source} is not a valid manifest.`, {
        code: 'ERR_MANIFEST_INVALID',
        detail: listProblems(problems),
      }),
  );
}
