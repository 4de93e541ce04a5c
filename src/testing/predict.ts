import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MarError, reasonOf } from '#errors/mar-error.js';
import { askWorker, type ModelRequest } from './ask.js';
import { contentTypeOf } from './content-type.js';
import { formBody } from './form.js';
import { type LocalModelOptions, TIMEOUT_MS, withLocalModel } from './local-model.js';

/** A request: one body, a file's path or bytes, or the fields of a form. */
export interface PredictInput {
  readonly file?: string;
  readonly bytes?: Buffer;
  /** By default that of the file's name or of the content. */
  readonly contentType?: string;
  /** Several inputs by name, sent as a form, in place of the body. */
  readonly fields?: readonly PredictField[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A field of a form: a file or bytes. Bytes with neither a content type nor a `filename` (of which it follows) are a plain field. */
export interface PredictField {
  readonly name: string;
  readonly file?: string;
  readonly bytes?: Buffer;
  readonly contentType?: string;
  readonly filename?: string;
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
  const { body, contentType, headers = {} } = await modelRequest(input);
  return withLocalModel(source, options, async ({ modelName, worker }) => {
    const ask = askWorker(worker, options.timeoutMs ?? TIMEOUT_MS);
    const answer = await ask({ body, contentType, headers });
    return { ...answer, modelName, requestContentType: contentType };
  });
}

/** What is sent for an input; `ERR_INPUT_UNREADABLE` where its file cannot be read. */
export async function modelRequest(input: PredictInput): Promise<ModelRequest> {
  const { headers } = input;
  return { ...(input.fields ? await form(input.fields) : await plain(input)), ...(headers && { headers }) };
}

async function plain(input: PredictInput): Promise<{ body: Buffer; contentType: string }> {
  const body = input.bytes ?? (await readInput(input.file));
  return { body, contentType: input.contentType ?? contentTypeOf(body, input.file) };
}

async function form(fields: readonly PredictField[]): Promise<{ body: Buffer; contentType: string }> {
  return formBody(
    await Promise.all(
      fields.map(async ({ name, file, bytes, contentType, filename = file && basename(file) }) => {
        const value = bytes ?? (await readInput(file));
        const type = contentType ?? (filename === undefined ? undefined : contentTypeOf(value, filename));
        return {
          name,
          value,
          ...(type !== undefined && { contentType: type }),
          ...(filename !== undefined && { filename }),
        };
      }),
    ),
  );
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
