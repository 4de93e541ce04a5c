import { join } from 'node:path';
import type { ReadProgress } from '#archive/watched.js';
import { MarError } from '#errors/mar-error.js';
import type { FaultKind } from '#manifest/faults.js';
import type { Runtime } from '#manifest/manifest.js';
import { unsayable } from '#manifest/model-name.js';
import type { FoundManifest } from '#manifest/read-manifest.js';
import { refusal } from '#manifest/refuse.js';
import { servingOf } from '#manifest/served.js';
import { publicSource } from '#public-source.js';
import type { ModelFacts } from './model.js';

/** What a client or the start asks for; what is absent comes from the manifest or the settings. */
export interface Registration {
  readonly url: string;
  readonly modelName?: string | undefined;
  readonly handler?: string | undefined;
  readonly runtime?: Runtime | undefined;
  readonly batchSize?: number | undefined;
  readonly maxBatchDelayMs?: number | undefined;
  readonly responseTimeoutSeconds?: number | undefined;
  readonly initialWorkers: number;
  /** Set for models of the start: the name where the manifest has none. */
  readonly fallbackName?: string;
  /** The url may be a path outside the model store. */
  readonly local?: boolean;
  /** Hears the bytes of each step of fetching and unpacking. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface RegistrationDefaults {
  readonly responseTimeoutSeconds: number;
  readonly defaultServiceHandler?: string | undefined;
}

/**
 * Joins request and manifest: what the request says itself need not be in the manifest. `dir` is the unpacked archive. Throws
 * the first reason to refuse the manifest, in Multi Model Server's order of checks.
 */
export function factsOf(
  request: Registration,
  found: FoundManifest,
  dir: string,
  defaults: RegistrationDefaults,
): ModelFacts {
  const manifest = found.served;
  const url = publicSource(request.url);
  const name = request.modelName || manifest.modelName || request.fallbackName;
  // Who asks for Python runs a bridged archive as the servers do.
  const ofManifest =
    request.runtime !== undefined && request.runtime !== 'nodejs' && manifest.onServers
      ? manifest.onServers.handler
      : manifest.handler;
  const handler = request.handler ?? (ofManifest || defaults.defaultServiceHandler);
  const runtime = request.runtime ?? manifest.runtime;
  const answered = new Set<FaultKind>([
    ...(name === undefined ? [] : (['missing', 'no-model', 'no-name'] as const)),
    ...(request.modelName ? (['name-not-unicode'] as const) : []),
    ...(handler === undefined ? [] : (['no-handler'] as const)),
    ...(request.runtime === undefined ? [] : (['runtime-unknown', 'runtime-unsupported'] as const)),
  ]);
  const refused = refusal(found, url, answered);
  if (refused !== undefined) throw refused;
  if (name === undefined || handler === undefined || runtime === undefined)
    throw new TypeError(`${url} has no name, handler or runtime, and nothing stands against its manifest`);
  const fault = unsayable(name);
  if (fault !== undefined)
    throw new MarError(`The model name ${JSON.stringify(name.slice(0, 100))} ${fault}.`, {
      code: 'ERR_MODEL_INVALID',
      hint: 'Register it under another name: model_name, or NAME=SOURCE; letters, digits and . _ - need no encoding.',
    });
  const serving = servingOf(manifest.extensions);
  return {
    name,
    url,
    handler,
    runtime,
    batchSize: request.batchSize ?? serving.batchSize ?? 1,
    maxBatchDelayMs: request.maxBatchDelayMs ?? serving.maxBatchDelay ?? 100,
    ...(serving.threads !== undefined && { threads: serving.threads }),
    responseTimeoutSeconds: request.responseTimeoutSeconds ?? defaults.responseTimeoutSeconds,
    loadedAtStartup: request.fallbackName !== undefined,
    manifest,
    modelDir: join(dir, found.modelDir),
  };
}
