import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  /** An http URL; its path is requested with POST. */
  readonly url: string;
  readonly body: Buffer;
  readonly contentType: string;
  /** Keep-alive connections, each with one request at a time. */
  readonly connections: number;
  /** Ends after this many requests … */
  readonly requests?: number;
  /** … or after so many seconds, whichever comes first. */
  readonly seconds?: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers with another status than 200. */
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Sends requests over keep-alive connections and measures each from its first byte out to its last byte in. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { hostname, port, pathname, host } = new URL(options.url);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Type: ${options.contentType}`,
    `Content-Length: ${options.body.length}`,
  ];
  const message = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), options.body]);
  const started = performance.now();
  const end = started + (options.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const latencies: number[] = [];
  let left = options.requests ?? Number.POSITIVE_INFINITY;
  let failures = 0;
  const lane = async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    try {
      const answers = new Answers(socket);
      while (left-- > 0 && performance.now() < end) {
        const sent = performance.now();
        socket.write(message);
        const status = await answers.next();
        latencies.push(performance.now() - sent);
        if (status !== 200) failures++;
      }
    } finally {
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: options.connections }, lane));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    requests: latencies.length,
    failures,
    seconds,
    perSecond: latencies.length / seconds,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
  };
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Reads HTTP/1.1 answers with a content-length from one connection: as little as a client can do. */
class Answers {
  #buffer: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #closed: Error | undefined;

  constructor(socket: Socket) {
    socket.on('data', (data) => {
      this.#buffer = this.#buffer.length === 0 ? data : Buffer.concat([this.#buffer, data]);
      this.#wake?.();
    });
    const close = (error?: Error) => {
      this.#closed = error ?? new Error('the server closed the connection');
      this.#wake?.();
    };
    socket.on('error', close).on('close', () => close());
  }

  /** The status of the next answer, once all of it has arrived. */
  async next(): Promise<number> {
    for (;;) {
      const headEnd = this.#buffer.indexOf(HEAD_END);
      if (headEnd >= 0) {
        const head = this.#buffer.toString('latin1', 0, headEnd);
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
        const total = headEnd + HEAD_END.length + length;
        if (this.#buffer.length >= total) {
          this.#buffer = this.#buffer.subarray(total);
          return Number(head.slice(9, 12));
        }
      }
      if (this.#closed) throw this.#closed;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
