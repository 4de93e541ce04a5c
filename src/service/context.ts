import type { DeviceContext } from '#device/context.js';
import type { Manifest } from '#manifest/manifest.js';
import type { Joining } from '#models/onnx/rows/keep-rows-apart.js';
import { VERSION } from '#version.js';
import { Metrics } from './metrics.js';

/** What the real servers call `system_properties`, keys included: for handlers that come from Python. */
export interface SystemProperties {
  /** Directory of the extracted archive. */
  readonly model_dir: string;
  /** null = cpu. */
  readonly gpu_id: number | null;
  readonly batch_size: number;
  readonly server_name: 'MMS';
  readonly server_version: string;
}

/** The part of a context that stays the same for the life of a worker. */
export interface ModelContext {
  readonly modelName: string;
  /** undefined when the archive has none. */
  readonly manifest: Manifest | undefined;
  /** Directory of the extracted archive, and the working directory of the worker. */
  readonly modelDir: string;
  /** Number of the worker's GPU; null on the cpu. */
  readonly gpuId: number | null;
  /** The largest number of requests in a batch. */
  readonly batchSize: number;
  /** Where the model is declared to run and where it runs here. */
  readonly device: DeviceContext;
  /** Hears of each session that is loaded: the device that it really runs on, and whether batches share a run. @internal */
  readonly onSession?: ((device: DeviceContext, joining: Joining) => void) | undefined;
}

/** One named value of a request as it came. @internal */
export interface RequestPart {
  readonly name: string;
  /** Without its parameters; empty where the client says none. */
  readonly contentType: string;
  readonly value?: Buffer;
}

/** What the worker knows about one request of a batch. @internal */
export interface RequestFacts {
  readonly id: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly RequestPart[];
}

/** What a handler has said about one answer. @internal */
export interface ResponseFacts {
  status: number;
  phrase: string;
  headers: [name: string, value: string][];
}

/**
 * What `initialize` and `handle` receive. `initialize` gets one without requests; `handle` gets a new one for each batch.
 * `index` is the position of a request in the batch.
 */
export class Context implements ModelContext {
  readonly modelName: string;
  readonly manifest: Manifest | undefined;
  readonly modelDir: string;
  readonly gpuId: number | null;
  readonly batchSize: number;
  readonly device: DeviceContext;
  /** @internal */
  readonly onSession: ModelContext['onSession'];
  readonly #requests: readonly RequestFacts[];
  #responses: ResponseFacts[] | undefined;
  #metrics: Metrics | undefined;

  /** @internal */
  constructor(model: ModelContext, requests: readonly RequestFacts[] = []) {
    this.modelName = model.modelName;
    this.manifest = model.manifest;
    this.modelDir = model.modelDir;
    this.gpuId = model.gpuId;
    this.batchSize = model.batchSize;
    this.device = model.device;
    this.onSession = model.onSession;
    this.#requests = requests;
  }

  /** `modelDir`, `gpuId` and `batchSize` under the names that Python handlers know. */
  get systemProperties(): SystemProperties {
    return {
      model_dir: this.modelDir,
      gpu_id: this.gpuId,
      batch_size: this.batchSize,
      server_name: 'MMS',
      server_version: VERSION,
    };
  }

  get requestIds(): readonly string[] {
    return this.#requests.map(({ id }) => id);
  }

  /** A header of the request, the last one of that name; upper and lower case are the same. */
  getRequestHeader(index: number, name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.#requests[index]?.headers.findLast(([header]) => header.toLowerCase() === wanted)?.[1];
  }

  /** All headers of the request; of a repeated name the last one. */
  getRequestHeaders(index: number): Record<string, string> {
    return Object.fromEntries(this.#requests[index]?.headers ?? []);
  }

  /** The content type an input came with: of the whole request, or of one part of a form. */
  getInputContentType(index: number, name: string = 'body'): string | undefined {
    return this.#requests[index]?.parameters.findLast((parameter) => parameter.name === name)?.contentType;
  }

  /** The values of a request as they came, repeated names too. @internal */
  requestParts(index: number): readonly RequestPart[] {
    return this.#requests[index]?.parameters ?? [];
  }

  setResponseContentType(index: number, value: string): void {
    this.setResponseHeader(index, 'content-type', value);
  }

  /** Replaces a header of the answer. A line break in name or value is a RangeError: it would start another header. */
  setResponseHeader(index: number, name: string, value: string | number): void {
    if (/[\r\n\0]/.test(`${name}${value}`)) throw new RangeError(`response header '${name}' contains a line break`);
    const { headers } = this.#response(index);
    const at = headers.findIndex(([header]) => header.toLowerCase() === name.toLowerCase());
    const header: [string, string] = [name, String(value)];
    if (at === -1) headers.push(header);
    else headers[at] = header;
  }

  /** HTTP status of one answer. */
  setResponseStatus(code: number, phrase: string = '', index: number = 0): void {
    if (!Number.isInteger(code) || code < 100 || code > 999)
      throw new RangeError(`response status ${code} is not 100 to 999`);
    Object.assign(this.#response(index), { status: code, phrase });
  }

  /** HTTP status of every answer of the batch. */
  setAllResponseStatus(code: number, phrase: string = ''): void {
    for (const index of this.#requests.keys()) this.setResponseStatus(code, phrase, index);
  }

  get metrics(): Metrics {
    this.#metrics ??= new Metrics(this.modelName, this.requestIds);
    return this.#metrics;
  }

  /** @internal */
  responseFacts(index: number): ResponseFacts | undefined {
    return this.#responses?.[index];
  }

  /** Metrics added so far as lines; does not make a store for a batch that added none. @internal */
  drainMetrics(): string[] {
    return this.#metrics?.drain() ?? [];
  }

  #response(index: number): ResponseFacts {
    if (!Number.isInteger(index) || index < 0 || index >= this.#requests.length) {
      throw new RangeError(`request ${index} is not in the batch of ${this.#requests.length}`);
    }
    this.#responses ??= this.#requests.map(() => ({ status: 200, phrase: '', headers: [] }));
    const response = this.#responses[index];
    if (!response) throw new RangeError(`request ${index} is not in the batch`);
    return response;
  }
}
