import type { Archive } from '#archive/archive.js';
import { BUILTIN_SERVICES } from '#manifest/builtin-services.js';
import { isObject, JsonDocument, type JsonObject } from '#manifest/json-document.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';

/** Where the configuration of a built-in service lies. */
export const SERVICE_CONFIG = 'service.json';

/** The sections of the configuration that each built-in service reads. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  image_classifier: ['image', 'classes'],
  object_detector: ['image', 'boxes', 'classes'],
  text_classifier: ['text', 'classes'],
  tensor: [],
};

/** A built-in service of our runner and its configuration, empty when there is none. */
export interface BuiltinService {
  readonly name: string;
  readonly json: JsonDocument | undefined;
  readonly value: JsonObject;
}

/** Undefined for an archive with a handler of its own. */
export async function readService(archive: Archive, manifest: ManifestDocument): Promise<BuiltinService | undefined> {
  const name = manifest.handler;
  if (manifest.runtime !== 'nodejs' || name === undefined || !BUILTIN_SERVICES.includes(name)) return undefined;
  const entry = archive.get(SERVICE_CONFIG);
  const json = entry && new JsonDocument((await archive.bytes(entry)).toString('utf8'));
  return { name, json, value: isObject(json?.value) ? json.value : {} };
}
