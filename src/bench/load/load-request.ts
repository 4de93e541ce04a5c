import { validateHeaderName, validateHeaderValue } from 'node:http';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { HttpAnswer } from './answer-reader.js';

/** One request of the load, as its bytes go out. */
export interface LoadRequest {
  /** What reports call it: the golden case's path, the file's name. */
  readonly name: string;
  /** Head and body. */
  readonly message: Buffer;
  /** What is wrong with an answer, in a few words that stay the same for the same fault; undefined where it is right. */
  readonly faultOf: (answer: HttpAnswer) => string | undefined;
}

/** What a request is made of. */
export interface RequestParts {
  readonly body: Buffer;
  /** Empty: none is sent. */
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a POST request to a URL; headers that frame the message are the generator's own. A header that HTTP does not have, such as one with
 * a line break, could be a second request: `ERR_BENCH_NO_LOAD`.
 */
export function requestMessage(target: URL, { body, contentType, headers = {} }: RequestParts): Buffer {
  const own = new Set(['host', 'content-length', 'content-type', 'connection', 'transfer-encoding']);
  const given = Object.entries(headers).filter(([name]) => !own.has(name.toLowerCase()));
  for (const [name, value] of [...given, ['content-type', contentType] as const]) checkHeader(name, value);
  const lines = [
    `POST ${target.pathname}${target.search} HTTP/1.1`,
    `Host: ${target.host}`,
    ...(contentType === '' ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${body.length}`,
    ...given.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (cause) {
    throw new MarError(`A request of the load cannot be sent: ${messageOf(cause)}.`, {
      code: 'ERR_BENCH_NO_LOAD',
      hint: 'Correct the headers of the golden case.',
      cause,
    });
  }
}
