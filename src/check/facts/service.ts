import type { Archive } from '#archive/archive.js';
import { type BuiltinName, isBuiltin, SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { isObject, type JsonObject } from '#json-object.js';
import { JsonDocument } from '#manifest/json-document.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';

/** A built-in service of our runner and its configuration, empty when there is none. */
export interface ServiceFacts {
  readonly name: BuiltinName;
  readonly json: JsonDocument | undefined;
  readonly value: JsonObject;
  /** The ONNX file that it is told to load: by its configuration, else by the manifest. */
  readonly model: string | undefined;
}

/** Undefined for an archive with a handler of its own. */
export async function readService(archive: Archive, manifest: ManifestDocument): Promise<ServiceFacts | undefined> {
  const name = manifest.handler;
  if (manifest.runtime !== 'nodejs' || name === undefined || !isBuiltin(name)) return undefined;
  const entry = archive.get(SERVICE_CONFIG);
  const json = entry && new JsonDocument((await archive.bytes(entry)).toString('utf8'));
  const value = isObject(json?.value) ? json.value : {};
  const model = value['model'] ?? manifest.model['serializedFile'];
  return { name, json, value, model: typeof model === 'string' ? model : undefined };
}
