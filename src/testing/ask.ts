import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Worker } from '#hosting/worker.js';
import { bodyInputs } from '#protocol/body-inputs.js';
import { publicSource } from '#public-source.js';

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
 * `ERR_USAGE`. A login in it becomes basic authentication; `shared` headers go with every request that has none of their name. Throws
 * `ERR_SERVER` where nothing answers and `ERR_SERVER_TIMEOUT` where the answer does not come in time.
 */
export function askServer(url: string, timeoutMs: number, shared: Readonly<Record<string, string>> = {}): AskModel {
  const shown = publicSource(url);
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    throw new MarError(`'${shown}' is not the address of a model on a server.`, {
      code: 'ERR_USAGE',
      hint: 'Give all of it: http://127.0.0.1:8080/predictions/NAME.',
    });
  const { address, login } = withoutLogin(new URL(url));
  return async ({ body, contentType, headers = {} }) => {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: sentHeaders([login, shared, headers, contentType ? { 'content-type': contentType } : {}]),
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
        throw new MarError(`${shown} did not answer within ${timeoutMs / 1000} s.`, {
          code: 'ERR_SERVER_TIMEOUT',
          cause,
        });
      const why = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
      throw new MarError(`${shown} does not answer: ${messageOf(why)}.`, {
        code: 'ERR_SERVER',
        ...(CERTIFICATE.test(systemCode(why) ?? '') && {
          hint: 'Its certificate is signed by nobody that Node knows: NODE_EXTRA_CA_CERTS=FILE.pem names one more that is trusted.',
        }),
        cause,
      });
    }
  };
}

/** What TLS says of a certificate without a known signer. */
const CERTIFICATE = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** An address that may be asked, and the header for the login in it. */
function withoutLogin(address: URL): { address: URL; login: Readonly<Record<string, string>> } {
  const { username, password } = address;
  if (username === '' && password === '') return { address, login: {} };
  address.username = '';
  address.password = '';
  const login = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { address, login: { authorization: `Basic ${login}` } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Headers of several places, the later ones in place of the earlier; their names are told apart as servers do it. */
function sentHeaders(places: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const all = places.flatMap((headers) => Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(all);
}
