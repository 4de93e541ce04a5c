import { readFile } from 'node:fs/promises';
import { MarError, reasonOf } from '#errors/mar-error.js';
import { askWorker } from './ask.js';
import { contentTypeOf } from './content-type.js';
import { type LocalModelOptions, TIMEOUT_MS, withLocalModel } from './local-model.js';

/** The body of a request: a file's path, or bytes. */
export interface PredictInput {
  readonly file?: string;
  readonly bytes?: Buffer;
  /** By default that of the file's name or of the content. */
  readonly contentType?: string;
}

export interface PredictResult {
  readonly modelName: string;
  /** HTTP status that the server would answer. */
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The handler failed: the status's sentence, then its own error with its stack; `body` holds the same. */
  readonly failure?: string;
  /** The content type that the handler saw. */
  readonly requestContentType: string;
}

/** One inference without a server: loads the archive in a worker, sends one request, and ends the worker. */
export async function predict(
  source: string,
  input: PredictInput,
  options: LocalModelOptions = {},
): Promise<PredictResult> {
  const body = input.bytes ?? (await readInput(input.file));
  const requestContentType = input.contentType ?? contentTypeOf(body, input.file);
  return withLocalModel(source, options, async ({ modelName, worker }) => {
    const ask = askWorker(worker, options.timeoutMs ?? TIMEOUT_MS);
    const answer = await ask({ body, contentType: requestContentType });
    return { ...answer, modelName, requestContentType };
  });
}

async function readInput(file: string | undefined): Promise<Buffer> {
  if (file === undefined) return Buffer.alloc(0);
  try {
    return await readFile(file);
  } catch (error) {
    throw new MarError(`The input ${file} cannot be read: ${reasonOf(error)}.`, {
      code: 'ERR_INPUT_UNREADABLE',
      cause: error,
    });
  }
}
