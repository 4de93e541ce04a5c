import { MarError } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import type { HttpAnswer } from '../load/answer-reader.js';
import { Connection } from '../load/connection.js';
import type { LoadRequest } from '../load/load-request.js';
import type { Target } from './target.js';

/** A server that runs already; with `pid`, its process on this machine, its use of processor and memory is measured too. */
export function serverAt(source: string, pid?: number): Target {
  const url = httpUrl(source);
  const gone = new Promise<string>(() => {});
  const shown = publicSource(source);
  const facts = { kind: 'url', source: shown, url: shown, server: 'not known' } as const;
  return { url, facts, pid, gone, stop: async () => {} };
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new MarError(`'${publicSource(text)}' is not an http or https URL.`, { code: 'ERR_USAGE' });
}

/**
 * Asks each request once before the load: who does not answer at all, or answers everything wrongly, need not be measured. Throws
 * `ERR_SERVER` and `ERR_SERVER_TIMEOUT`; what is wrong with an answer is for the measurement to count. Returns what the server calls itself.
 */
export async function firstAnswers(
  target: URL,
  requests: readonly LoadRequest[],
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<{ readonly server: string | undefined; readonly faults: readonly string[] }> {
  const faults: string[] = [];
  let server: string | undefined;
  for (const { name, message, faultOf } of requests) {
    const answer = await answerTo(target, message, timeoutMs, signal);
    server ??= /\r\nserver: *([^\r]+)/i.exec(answer.head)?.[1];
    const fault = faultOf(answer);
    if (fault !== undefined) faults.push(`${name}: ${fault}: ${answer.body.toString('utf8', 0, 300)}`);
  }
  return { server, faults };
}

function answerTo(target: URL, message: Buffer, timeoutMs: number, signal?: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      connection.destroy();
      settle();
    };
    const fail = (reason: string, code: 'ERR_SERVER' | 'ERR_SERVER_TIMEOUT'): void =>
      end(() => reject(new MarError(`${publicSource(target.href)} does not answer: ${reason}.`, { code })));
    const timer = setTimeout(() => fail(`nothing came within ${timeoutMs / 1000} s`, 'ERR_SERVER_TIMEOUT'), timeoutMs);
    const onAbort = (): void => end(() => reject(signal?.reason));
    const connection = new Connection(target, {
      answered: (answer) => end(() => resolve(answer)),
      failed: (reason) => fail(reason, 'ERR_SERVER'),
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    connection.send(message);
  });
}
