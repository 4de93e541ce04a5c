import { type JsonObject, objectAt } from '#json-object.js';

/** What `mar build --bridge` puts into an archive: a Python package at the top, and our Node worker with its modules in a folder. */
export const BRIDGE = {
  /** `model.handler` of the manifest, for the servers. */
  handler: 'mar_bridge:handle',
  module: 'mar_bridge/__init__.py',
  folder: 'MAR-INF/bridge',
  /** The program that the Python module starts. */
  worker: 'MAR-INF/bridge/dist/worker/main.js',
  /** A Node for each platform, as PLATFORM/bin/node, where the archive brings its own. */
  nodes: 'MAR-INF/bridge/node',
} as const;

/** Major and minor version of the oldest Node that the worker runs on. */
export const OLDEST_NODE = [20, 15] as const;

/** Who handles a bridged archive: the servers call Python, which runs the compiled handler in Node; our runner calls that itself. */
export interface BridgedHandler {
  /** The compiled handler, as our Node worker reads it: `service:handle`, or the name of a built-in service. */
  readonly node: string;
  /** The handler and runtime of the manifest. */
  readonly onServers: { readonly handler: string; readonly runtime: string };
}

/**
 * The one place that decides whether an archive is bridged: its manifest names our Python module, and our extension says which
 * handler that runs. `model` is the section of the manifest.
 */
export function bridgedHandler(runtime: unknown, model: JsonObject): BridgedHandler | undefined {
  const archiver = objectAt(objectAt(model, 'extensions'), 'modelArchiver');
  const node = objectAt(archiver, 'bridge')['handler'];
  if (model['handler'] !== BRIDGE.handler || typeof node !== 'string' || node === '') return undefined;
  if (runtime !== undefined && runtime !== 'python' && runtime !== 'python3') return undefined;
  return { node, onServers: { handler: BRIDGE.handler, runtime: runtime ?? 'python' } };
}
