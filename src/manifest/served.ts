import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { bridgedHandler } from './bridge.js';
import type { ManifestFault } from './faults.js';
import type { JsonDocument } from './json-document.js';
import { RUNTIMES, type Runtime, type Serving } from './manifest.js';
import type { ManifestDocument } from './manifest-document.js';

/**
 * What a server takes from a manifest: fields of the right kind, numbers and booleans as text, everything else left alone. Of a
 * bridged archive our runner takes the compiled handler, whose runtime is `nodejs`.
 */
export interface ServedManifest {
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly handler?: string;
  /** Path in the archive of the Python requirements. */
  readonly requirementsFile?: string;
  /** Undefined when the manifest names one that does not exist. */
  readonly runtime?: Runtime;
  /** Without a name where `engine` has none. */
  readonly engine?: { readonly engineName?: string };
  /** What the real servers run of a bridged archive, where our runner takes the handler behind it; absent for others. */
  readonly onServers?: { readonly handler: string; readonly runtime: string };
  readonly extensions: JsonObject;
  /** Path of the manifest below the model's folder; absent without one. */
  readonly manifestPath?: string;
  /** Why it is refused unless the request says what is missing. */
  readonly faults: readonly ManifestFault[];
}

/** The served fields of a manifest. */
export function servedManifest(manifest: ManifestDocument): ServedManifest {
  const { value, model, json, entry, modelDir, faults } = manifest;
  const text = textReader(json);
  const bridged = bridgedHandler(value['runtime'], model);
  const runtime = bridged ? 'nodejs' : (value['runtime'] ?? 'python');
  const engine = value['engine'];
  return {
    ...text('modelName', model['modelName'], '/model/modelName'),
    ...text('modelVersion', model['modelVersion'], '/model/modelVersion'),
    ...(bridged
      ? { handler: bridged.node, onServers: bridged.onServers }
      : text('handler', model['handler'], '/model/handler')),
    ...text('requirementsFile', model['requirementsFile'], '/model/requirementsFile'),
    ...(isRuntime(runtime) ? { runtime } : {}),
    ...(isObject(engine) ? { engine: text('engineName', engine['engineName'], '/engine/engineName') } : {}),
    extensions: objectAt(model, 'extensions'),
    manifestPath: modelDir === '' ? entry : entry.slice(modelDir.length + 1),
    faults,
  };
}

function isRuntime(value: unknown): value is Runtime {
  return RUNTIMES.some((runtime) => runtime === value);
}

/** Makes `{ key: value }` of a text, number (with the digits of the file) or boolean, as Gson does, else nothing. */
function textReader(json: JsonDocument) {
  return <K extends string>(key: K, value: unknown, pointer: string): { [P in K]?: string } => {
    const result: { [P in K]?: string } = {};
    if (typeof value === 'string') result[key] = value;
    else if (typeof value === 'number') result[key] = json.source(pointer) ?? String(value);
    else if (typeof value === 'boolean') result[key] = String(value);
    return result;
  };
}

const LEAST = { workers: 1, threads: 1, batchSize: 1, maxBatchDelay: 0 } as const satisfies Record<
  keyof Serving,
  number
>;

/** What `model.extensions` asks for; values that are not whole numbers in the range of 32 bits count as absent. */
export function servingOf(extensions: JsonObject): Serving {
  const written = objectAt(objectAt(extensions, 'modelArchiver'), 'serving');
  return Object.fromEntries(
    Object.entries(LEAST).flatMap(([key, least]) => {
      const value = written[key];
      const isFit = typeof value === 'number' && Number.isInteger(value) && value >= least && value < 2 ** 31;
      return isFit ? [[key, value]] : [];
    }),
  );
}
