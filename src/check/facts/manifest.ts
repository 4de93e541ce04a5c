import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import type { Draft } from '../finding.js';
import { isObject, JsonDocument, type JsonObject } from '../json-document.js';

/** A manifest is a page or two; the digests of 100,000 entries, the most an archive may have, are 15 MB. */
const LIMIT = 24 * 1024 * 1024;

/** The manifest file as it stands in the archive, JSON or not. */
export interface ManifestText {
  /** Its path: `MAR-INF/MANIFEST.json`, or where MMS 0.4 had it. */
  readonly entry: string;
  /** A manifest of MMS 0.4: `MANIFEST.json` at the top or one folder down, with other field names. */
  readonly legacy: boolean;
  /** False when the bytes are not UTF-8. */
  readonly utf8: boolean;
  readonly byteOrderMark: boolean;
  readonly json: JsonDocument;
}

/** A manifest that is a JSON object, with the fields that most rules ask for. */
export interface ManifestDocument {
  readonly entry: string;
  readonly legacy: boolean;
  readonly json: JsonDocument;
  readonly value: JsonObject;
  readonly model: JsonObject;
  /** `runtime`, or `python` where it is absent, as both servers read it. */
  readonly runtime: string;
  readonly handler: string | undefined;
  /** `model.extensions.modelArchiver`: what our packer recorded. */
  readonly archiver: JsonObject;
  /** The location of a pointer, for a draft. */
  at(pointer: string): NonNullable<Draft['at']>;
}

/** Finds the manifest the way MMS does: its own place, then the places of 0.4. */
export function findManifest(archive: Archive): { entry: ArchiveEntry; legacy: boolean } | undefined {
  const entry = archive.get(MANIFEST_PATH);
  if (entry) return { entry, legacy: false };
  const old = archive.entries.find((candidate) => /^([^/]+\/)?MANIFEST\.json$/.test(candidate.path));
  return old && { entry: old, legacy: true };
}

export async function readManifestText(archive: Archive): Promise<ManifestText | undefined> {
  const found = findManifest(archive);
  if (!found) return undefined;
  const bytes = await archive.bytes(found.entry, LIMIT);
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = bytes.subarray(byteOrderMark ? 3 : 0).toString('utf8');
  return {
    entry: found.entry.path,
    legacy: found.legacy,
    utf8: !text.includes('\ufffd'),
    byteOrderMark,
    json: new JsonDocument(text),
  };
}

export function readManifest({ entry, legacy, json }: ManifestText): ManifestDocument | undefined {
  if (!isObject(json.value)) return undefined;
  const value = legacy ? migrated(json.value) : json.value;
  const model = objectAt(value, 'model');
  const runtime = value['runtime'];
  const handler = model['handler'];
  return {
    entry,
    legacy,
    json,
    value,
    model,
    runtime: typeof runtime === 'string' ? runtime : 'python',
    handler: typeof handler === 'string' ? handler : undefined,
    archiver: objectAt(objectAt(model, 'extensions'), 'modelArchiver'),
    at: (pointer) => ({ entry, pointer, ...json.locate(pointer) }),
  };
}

/** The 1.0 fields that MMS itself derives from a 0.4 manifest. */
function migrated(old: JsonObject): JsonObject {
  const model = objectAt(old, 'Model');
  const service = model['Service'];
  return { runtime: 'python', model: { modelName: model['Model-Name'], handler: service } };
}

/** A member that is an object, or an empty one. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isObject(member) ? member : {};
}
