import { MarError } from '#errors/mar-error.js';
import type { Runtime } from '#manifest/manifest.js';
import type { ModelFacts } from './model.js';
import type { ServedManifest } from './served-manifest.js';

/** What a client or the start asks for; what is absent comes from the manifest or the settings. */
export interface Registration {
  readonly url: string;
  readonly modelName?: string | undefined;
  readonly handler?: string | undefined;
  readonly runtime?: Runtime | undefined;
  readonly batchSize: number;
  readonly maxBatchDelayMs: number;
  readonly responseTimeoutSeconds?: number | undefined;
  readonly initialWorkers: number;
  /** Set for models of the start: the name where the manifest has none. */
  readonly fallbackName?: string;
  /** The url may be a path outside the model store. */
  readonly local?: boolean;
}

export interface RegistrationDefaults {
  readonly responseTimeoutSeconds: number;
  readonly defaultServiceHandler?: string | undefined;
}

/** Joins request and manifest, in the peers' order of checks. Throws `ERR_MODEL_INVALID`. */
export function factsOf(request: Registration, manifest: ServedManifest, defaults: RegistrationDefaults): ModelFacts {
  const name = request.modelName || manifest.modelName || request.fallbackName;
  const handler = request.handler ?? (manifest.handler || defaults.defaultServiceHandler);
  const runtime = request.runtime ?? manifest.runtime;
  if (name === undefined) throw invalid('Model name is not defined.');
  // Half a surrogate pair: no address can write it.
  if (/\p{Cs}/u.test(name)) throw invalid(`Model name ${JSON.stringify(name)} is not Unicode.`);
  if (handler === undefined) throw invalid('Model handler is not defined.');
  if (runtime === undefined) throw invalid('Runtime is not defined or invalid.');
  if (manifest.engine?.engineName === '') throw invalid('engineName is required in <engine>.');
  return {
    name,
    url: request.url,
    handler,
    runtime,
    batchSize: request.batchSize,
    maxBatchDelayMs: request.maxBatchDelayMs,
    responseTimeoutSeconds: request.responseTimeoutSeconds ?? defaults.responseTimeoutSeconds,
    loadedAtStartup: request.fallbackName !== undefined,
    manifest,
  };
}

function invalid(message: string): MarError {
  return new MarError(message, { code: 'ERR_MODEL_INVALID' });
}
