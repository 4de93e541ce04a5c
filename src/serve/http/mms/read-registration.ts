import { MarError, messageOf } from '#errors/mar-error.js';
import { RUNTIMES, type Runtime } from '#manifest/manifest.js';
import { mimeType } from '#protocol/body-inputs.js';
import type { ServerSettings } from '../../config/settings.js';
import type { Registration } from '../../models/registration.js';
import type { HttpRequest } from '../server/exchange.js';
import { firstValue, integerValue, parseQuery } from '../server/query.js';

/** The body or query of `POST /models`. */
export interface RegisterRequest {
  readonly registration: Registration;
  /** True unless the client says otherwise. */
  readonly synchronous: boolean;
}

/** Reads a JSON body where the content type says so, else the query; never both. Throws `ERR_PARAMETER`. */
export function readRegistration(request: HttpRequest, settings: ServerSettings): RegisterRequest {
  const json = mimeType(request.contentType).toLowerCase() === 'application/json';
  const fields = json ? fromJson(request.body.whole()) : fromQuery(request.target.query);
  if (fields.url === undefined) throw parameterError('Parameter url is required.');
  return {
    registration: {
      url: fields.url,
      modelName: fields.model_name,
      handler: fields.handler,
      runtime: fields.runtime === undefined ? undefined : runtimeOf(fields.runtime),
      batchSize: fields.batch_size,
      maxBatchDelayMs: fields.max_batch_delay,
      initialWorkers: fields.initial_workers ?? settings.defaultWorkersPerModel,
      responseTimeoutSeconds: (fields.response_timeout ?? -1) < 0 ? undefined : fields.response_timeout,
    },
    synchronous: fields.synchronous ?? true,
  };
}

const TEXTS = ['url', 'model_name', 'handler', 'runtime'] as const;
const NUMBERS = ['batch_size', 'max_batch_delay', 'initial_workers', 'response_timeout'] as const;
type Fields = { [K in (typeof TEXTS)[number]]?: string } & { [K in (typeof NUMBERS)[number]]?: number } & {
  synchronous?: boolean;
};

/** Numbers that do not parse count as absent, as in Multi Model Server. */
function fromQuery(query: string): Fields {
  const parameters = parseQuery(query);
  const fields: Fields = {};
  for (const name of TEXTS) {
    const value = firstValue(parameters, name);
    if (value !== undefined) fields[name] = value;
  }
  for (const name of NUMBERS) {
    const value = integerValue(parameters, name, Number.NaN);
    if (!Number.isNaN(value)) fields[name] = value;
  }
  const synchronous = firstValue(parameters, 'synchronous');
  return synchronous === undefined ? fields : { ...fields, synchronous: synchronous.toLowerCase() === 'true' };
}

/** Texts may be given as numbers and numbers as text, as Multi Model Server's parser allows. */
function fromJson(body: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw parameterError('The body is not JSON.', messageOf(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw parameterError('The body is not a JSON object.');
  const given = new Map<string, unknown>(Object.entries(value));
  const fields: Fields = {};
  for (const name of TEXTS) {
    const text = given.get(name);
    if (typeof text === 'string' || typeof text === 'number') fields[name] = String(text);
    else if (text !== undefined && text !== null) throw parameterError(`Parameter ${name} is not a string.`);
  }
  for (const name of NUMBERS) {
    const number = given.get(name);
    if (number === undefined || number === null) continue;
    const value = /^-?\d+$/.test(String(number)) ? Number(number) : Number.NaN;
    // As whole numbers go to workers.
    if (!(value >= -(2 ** 31) && value < 2 ** 31))
      throw parameterError(`Parameter ${name} is not a whole number of 32 bits.`);
    fields[name] = value;
  }
  const synchronous = given.get('synchronous');
  if (synchronous === undefined || synchronous === null) return fields;
  return { ...fields, synchronous: String(synchronous).toLowerCase() === 'true' };
}

function runtimeOf(text: string): Runtime {
  const runtime = RUNTIMES.find((known) => known === text);
  if (runtime) return runtime;
  throw parameterError(`Invalid RuntimeType value: ${text}`);
}

function parameterError(message: string, detail?: string): MarError {
  return new MarError(message, { code: 'ERR_PARAMETER', ...(detail === undefined ? {} : { detail }) });
}
