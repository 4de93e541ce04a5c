import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { type BridgedHandler, bridgedHandler } from './bridge.js';
import { fieldFaults, type ManifestFault } from './faults.js';
import type { Position } from './json-document.js';
import { legacyPointer, migrateManifest } from './legacy.js';
import type { ManifestText } from './manifest-text.js';

/** A place in the manifest file. */
export interface ManifestSpot extends Position {
  readonly entry: string;
  readonly pointer: string;
}

/** A manifest that is a JSON object: its fields, held to nothing, in the names of 1.0 whatever the file calls them. */
export interface ManifestDocument extends ManifestText {
  /** The object as it stands in the file; differs from `value` in a manifest of 0.4. */
  readonly file: JsonObject;
  readonly value: JsonObject;
  readonly model: JsonObject;
  /** `runtime`, or `python` where it is absent, as both servers read it; `nodejs` for a bridged archive. */
  readonly runtime: string;
  /** That of the author: of a bridged archive the one behind the bridge. */
  readonly handler: string | undefined;
  /** Present where the servers reach the handler through our Python module. */
  readonly bridged: BridgedHandler | undefined;
  /** `model.extensions.modelArchiver`: what our packer recorded. */
  readonly archiver: JsonObject;
  /** Why our runner refuses it; empty for a manifest that registers. */
  readonly faults: readonly ManifestFault[];
  /** Where the value at a pointer of `value` stands in the file. */
  at(pointer: string): ManifestSpot;
  /** The same by its pointer in the file. */
  inFile(pointer: string): ManifestSpot;
}

/** Undefined where the text is not a JSON object. */
export function manifestDocument(text: ManifestText): ManifestDocument | undefined {
  const { entry, legacy, json } = text;
  const file = json.value;
  if (!isObject(file)) return undefined;
  const value = legacy ? migrateManifest(file) : file;
  const model = objectAt(value, 'model');
  const bridged = bridgedHandler(value['runtime'], model);
  const runtime = bridged ? 'nodejs' : value['runtime'];
  const handler = bridged ? bridged.node : model['handler'];
  const inFile = (pointer: string) => ({ entry, pointer, ...json.locate(pointer) });
  return {
    ...text,
    file,
    value,
    model,
    runtime: typeof runtime === 'string' ? runtime : 'python',
    handler: typeof handler === 'string' ? handler : undefined,
    bridged,
    archiver: objectAt(objectAt(model, 'extensions'), 'modelArchiver'),
    faults: [...fieldFaults(file, value, legacy)],
    inFile,
    at: (pointer) => inFile(legacy ? legacyPointer(pointer) : pointer),
  };
}
