import { MarError, messageOf } from '#errors/mar-error.js';
import type { Worker } from '#hosting/worker.js';
import { bodyInputs } from '#protocol/body-inputs.js';

/** One request as a client sends it. */
export interface ModelRequest {
  readonly body: Buffer;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client gets. */
export interface ModelAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The batch failed as a whole: the status's sentence, then the handler's own error with its stack. */
  readonly failure?: string;
}

/** Sends one request to a model, wherever it runs. */
export type AskModel = (request: ModelRequest) => Promise<ModelAnswer>;

/** Asks a worker as the server would; a batch that failed as a whole has its message as body. */
export function askWorker(worker: Worker, timeoutMs: number): AskModel {
  return async (request) => {
    const [answer] = await askBatch(worker, [request], timeoutMs);
    if (answer === undefined) throw new TypeError('a batch of one has no answer');
    return answer;
  };
}

/** Asks a worker several requests as one batch: an answer for each, in their order. */
export async function askBatch(
  worker: Worker,
  requests: readonly ModelRequest[],
  timeoutMs: number,
): Promise<ModelAnswer[]> {
  const jobs = requests.map(({ body, contentType, headers = {} }) => ({
    id: crypto.randomUUID(),
    headers: Object.entries({ ...headers, 'content-type': contentType }),
    parameters: bodyInputs(contentType, body),
  }));
  const { code: status, message: failure, predictions } = await worker.predict(jobs, { timeoutMs });
  return requests.map((_, index) => {
    const prediction = predictions[index];
    if (status !== 200 || !prediction)
      return { status, contentType: 'text/plain', headers: [], body: Buffer.from(failure), failure };
    const { status: own, contentType, headers, body } = prediction;
    return { status: own, contentType, headers, body };
  });
}

/**
 * Asks a running server: `url` is the model's own, such as `http://127.0.0.1:8080/predictions/NAME`; another kind of address is
 * `ERR_USAGE`. Throws `ERR_SERVER` where nothing answers and `ERR_SERVER_TIMEOUT` where the answer does not come in time.
 */
export function askServer(url: string, timeoutMs: number): AskModel {
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new MarError(`'${url}' is not the address of a model on a server.`, {
      code: 'ERR_USAGE',
      hint: 'Give all of it: http://127.0.0.1:8080/predictions/NAME.',
    });
  return async ({ body, contentType, headers = {} }) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: contentType ? { ...headers, 'content-type': contentType } : headers,
        body: new Uint8Array(body),
        // What follows one asks again with GET, and without the body.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        headers: [...response.headers],
        body: Buffer.from(await response.arrayBuffer()),
      };
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'TimeoutError')
        throw new MarError(`${url} did not answer within ${timeoutMs / 1000} s.`, {
          code: 'ERR_SERVER_TIMEOUT',
          cause,
        });
      const reason = messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
      throw new MarError(`${url} does not answer: ${reason}.`, { code: 'ERR_SERVER', cause });
    }
  };
}
