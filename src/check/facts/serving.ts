import type { Archive } from '#read/archive.js';
import type { ManifestDocument } from './manifest.js';

/** What an archive asks of its server: TorchServe's model-config.yaml. Absent fields are the server's defaults. */
export interface ServingConfig {
  /** Where it is written. */
  readonly entry: string;
  readonly batchSize?: number;
  readonly minWorkers?: number;
  readonly maxWorkers?: number;
}

/** Reads the plain `key: value` lines at the top level of the configuration file that the manifest names. */
export async function readServing(archive: Archive, manifest: ManifestDocument): Promise<ServingConfig | undefined> {
  const named = manifest.model['configFile'];
  const entry = typeof named === 'string' ? archive.get(named) : undefined;
  if (!entry) return undefined;
  const text = (await archive.bytes(entry)).toString('utf8');
  const number = (key: string): number | undefined => {
    const value = new RegExp(`^${key}:[ \\t]*(\\d+)[ \\t]*(?:#.*)?$`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [batchSize, minWorkers, maxWorkers] = [number('batchSize'), number('minWorkers'), number('maxWorkers')];
  return {
    entry: entry.path,
    ...(batchSize !== undefined && { batchSize }),
    ...(minWorkers !== undefined && { minWorkers }),
    ...(maxWorkers !== undefined && { maxWorkers }),
  };
}
