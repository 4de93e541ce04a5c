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

/** The bytes of a POST request to a URL; headers that frame the message are the generator's own. */
export function requestMessage(target: URL, { body, contentType, headers = {} }: RequestParts): Buffer {
  const own = new Set(['host', 'content-length', 'content-type', 'connection', 'transfer-encoding']);
  const given = Object.entries(headers).filter(([name]) => !own.has(name.toLowerCase()));
  const lines = [
    `POST ${target.pathname}${target.search} HTTP/1.1`,
    `Host: ${target.host}`,
    ...(contentType === '' ? [] : [`Content-Type: ${contentType}`]),
    `Content-Length: ${body.length}`,
    ...given.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
