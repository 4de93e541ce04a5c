/**
 * The worker protocol of Multi Model Server and TorchServe (big endian, int32 lengths), as recorded from both.
 * One connection per worker; the front end sends `L` (load) once and then `I` (predict) messages, and each is answered in order.
 */
export interface LoadRequest {
  readonly modelName: string;
  /** Directory of the extracted archive. */
  readonly modelPath: string;
  readonly batchSize: number;
  readonly handler: string;
  /** -1 = cpu. */
  readonly gpuId: number;
  /** Which layout to write; ours speaks `mms`. */
  readonly dialect: LoadDialect;
}

/** MMS sends the name of its stdout/stderr FIFOs; TorchServe an envelope and one byte for the pixel limit. */
export type LoadDialect =
  | { readonly kind: 'mms'; readonly ioFd: string }
  | { readonly kind: 'torchserve'; readonly envelope: string; readonly limitMaxImagePixels: boolean };

export interface PredictRequest {
  readonly jobs: readonly PredictJob[];
}

export interface PredictJob<Input = Parameter> {
  readonly id: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly Input[];
}

/** One named input of a request: the whole body is called `body` or `data` by the front end. */
export interface Parameter<Value = Buffer> {
  readonly name: string;
  readonly contentType: string;
  readonly value: Value;
}

/** A job on its way to a worker: a large value may still be in the pieces that it came in. */
export type SentJob = PredictJob<SentParameter>;
export type SentParameter = Parameter<Buffer | readonly Buffer[]>;

export interface WorkerResponse {
  /** 200, or the status of a failed load or batch. */
  readonly code: number;
  readonly message: string;
  /** Milliseconds that the batch was held on its way to the worker, which it would otherwise seem to have run. No part of the message. */
  readonly waitedMs?: number;
  /** Empty for a load. */
  readonly predictions: readonly Prediction[];
}

export interface Prediction {
  readonly id: string;
  /** May be empty. */
  readonly contentType: string;
  readonly status: number;
  readonly phrase: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}
