import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { type ManifestFault, textFaults } from './faults.js';
import { filesBelow, locateManifest, type ManifestPlace, manifestPathsIn, misplacedManifest } from './locate.js';
import { MANIFEST_LIMIT, MANIFEST_PATH } from './manifest.js';
import { type ManifestDocument, manifestDocument } from './manifest-document.js';
import { type ManifestText, manifestText } from './manifest-text.js';
import { type ServedManifest, servedManifest } from './served.js';

/** The part of an archive that a manifest is read from; every `Archive` fits. */
export interface ManifestSource<Entry extends { readonly path: string }> {
  readonly source: string;
  readonly entries: readonly Entry[];
  get(path: string): Entry | undefined;
  bytes(entry: Entry, limit?: number): Promise<Buffer>;
}

/** The manifest of an archive, sound or not: the one object that every phase asks. */
export interface FoundManifest {
  /** Undefined where the archive has none. */
  readonly text: ManifestText | undefined;
  /** Undefined where the text is not a JSON object. */
  readonly document: ManifestDocument | undefined;
  /** What a server takes from it; `faults` is empty where every server of ours registers it as it is. */
  readonly served: ServedManifest;
  /** The folder of the archive that holds the model; empty for the archive itself. */
  readonly modelDir: string;
}

/** Finds and reads the manifest of an archive. What is wrong with it is among the faults; damaged content is thrown. */
export async function findManifest<Entry extends { readonly path: string }>(
  archive: ManifestSource<Entry>,
): Promise<FoundManifest> {
  const paths = archive.entries.map(({ path }) => path);
  const place = locateManifest(paths);
  const entry = place && archive.get(place.path);
  return entry ? foundManifest(await archive.bytes(entry, MANIFEST_LIMIT), place) : missing(misplacedManifest(paths));
}

/** The same for an unpacked archive; `known` is where its manifest lies, if that is known. Throws `ERR_ENTRY_TOO_LARGE` beyond the limit. */
export async function findManifestIn(directory: string, known?: string): Promise<FoundManifest> {
  if (known !== undefined) return readPlace(directory, { path: known, legacy: known !== MANIFEST_PATH, modelDir: '' });
  const paths = await manifestPathsIn(directory);
  const place = locateManifest(paths);
  return place === undefined ? missing(misplacedManifest(await filesBelow(directory))) : readPlace(directory, place);
}

async function readPlace(directory: string, place: ManifestPlace): Promise<FoundManifest> {
  const path = join(directory, place.path);
  const { size } = await stat(path);
  if (size > MANIFEST_LIMIT) {
    throw new MarError(`${place.path} has ${size} bytes; a manifest has ${MANIFEST_LIMIT} at most.`, {
      code: 'ERR_ENTRY_TOO_LARGE',
    });
  }
  return foundManifest(await readFile(path), place);
}

/** The manifest that these bytes are, at the place where they were found. */
export function foundManifest(bytes: Buffer, place: ManifestPlace): FoundManifest {
  const text = manifestText(bytes, place);
  const document = manifestDocument(text);
  const unread = [...textFaults(text)];
  const served = document ? servedManifest(document) : NOTHING;
  return { text, document, modelDir: place.modelDir, served: { ...served, faults: [...unread, ...served.faults] } };
}

/** What a server takes from an archive without a manifest. */
const NOTHING: ServedManifest = { runtime: 'python', extensions: {}, faults: [] };

function missing(misplaced: string | undefined): FoundManifest {
  const faults: ManifestFault[] = [
    {
      kind: 'missing',
      message: `there is no ${MANIFEST_PATH}`,
      expected: MANIFEST_PATH,
      ...(misplaced !== undefined && { found: misplaced }),
    },
    { kind: 'no-handler', message: 'model.handler is missing' },
  ];
  return { text: undefined, document: undefined, modelDir: '', served: { ...NOTHING, faults } };
}
