import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { BodyDecoder } from './content-encoding.js';
import { RequestBody } from './request-body.js';
import type { UnfinishedBodies, UnfinishedBody } from './unfinished-bodies.js';

/** Pieces that are kept apart at most: each takes a few hundred bytes beside its own, and a chunk may be a single byte. */
const MAX_PIECES = 1024;

/** How a body is read. */
export interface BodyOptions {
  /** Bytes of a body, as it comes and decoded. */
  readonly limit: number;
  /** Of a compressed body. */
  readonly decoder: BodyDecoder | undefined;
  readonly bodies: UnfinishedBodies;
}

/** Hears once how reading went, and nothing at all when the client goes away before. */
export interface BodyEnd {
  done(body: RequestBody): void;
  /** It has more bytes than the limit; told as soon as it has. */
  tooLarge(): void;
  /** `ERR_BODY_ENCODING`, `ERR_BODIES`. */
  failed(error: MarError): void;
}

/** True when the request announces more than `limit` bytes. */
export function announcesMore(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limit;
}

/** True while some of the request's body may still be on its way. */
export function isArriving(request: IncomingMessage): boolean {
  return hasBody(request) && !request.complete;
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** Collects the body of a request, decoded. */
export function readBody(request: IncomingMessage, options: BodyOptions, end: BodyEnd): void {
  if (!hasBody(request)) {
    end.done(new RequestBody([]));
    return;
  }
  const body = new Body(request, options, end);
  request.on('data', (chunk: Buffer) => body.receive(chunk));
  request.on('end', () => body.finish());
  request.on('error', () => {});
}

class Body implements UnfinishedBody {
  size = 0;
  readonly #request: IncomingMessage;
  readonly #options: BodyOptions;
  readonly #end: BodyEnd;
  #decoder: Transform | undefined;
  #pieces: Buffer[] = [];
  #small: Buffer[] = [];
  #received = 0;
  #ended = false;
  #over = false;
  #watched = false;

  constructor(request: IncomingMessage, options: BodyOptions, end: BodyEnd) {
    this.#request = request;
    this.#options = options;
    this.#end = end;
  }

  receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#received += chunk.length;
    const { decoder, limit } = this.#options;
    if (this.#received > limit) this.#settle(() => this.#end.tooLarge());
    else if (decoder === undefined && this.#isWhole(chunk)) this.#small.push(chunk);
    else if (decoder === undefined) this.#keep(chunk);
    else this.#decode(chunk, decoder);
  }

  /** A body that came at once has no unfinished part to count. */
  #isWhole(chunk: Buffer): boolean {
    return this.#received === chunk.length && Number(this.#request.headers['content-length']) === chunk.length;
  }

  finish(): void {
    if (this.#over) return;
    this.#ended = true;
    if (this.#decoder) this.#decoder.end();
    else this.#complete();
  }

  /** Nothing more comes from a client that has gone; what has come whole may still be decoded. */
  #watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    this.#request.once('close', () => {
      if (!this.#ended) this.#forget();
    });
  }

  #forget(): void {
    this.#over = true;
    if (this.size > 0) this.#options.bodies.remove(this);
    this.#pieces = [];
    this.#small = [];
    this.#decoder?.destroy();
  }

  drop(): void {
    const message = 'Too many requests are arriving at once, and this one made no progress.';
    this.#settle(() => this.#end.failed(new MarError(message, { code: 'ERR_BODIES' })));
  }

  #decode(chunk: Buffer, decoder: BodyDecoder): void {
    const stream = this.#decoder ?? this.#startDecoder(decoder(chunk[0] ?? 0));
    if (stream.write(chunk)) return;
    // The decoder hands on at most what fits; until then nothing more is read.
    this.#request.pause();
    stream.once('drain', () => this.#request.resume());
  }

  #startDecoder(stream: Transform): Transform {
    this.#decoder = stream;
    this.#watch();
    stream.on('data', (piece: Buffer) => {
      if (!this.#over) this.#keep(piece);
    });
    stream.on('end', () => {
      if (!this.#over) this.#complete();
    });
    stream.on('error', (cause) => {
      const message = `The body is not what its content encoding says: ${messageOf(cause)}.`;
      this.#settle(() => this.#end.failed(new MarError(message, { code: 'ERR_BODY_ENCODING', cause })));
    });
    return stream;
  }

  #keep(piece: Buffer): void {
    if (this.size + piece.length > this.#options.limit) {
      this.#settle(() => this.#end.tooLarge());
      return;
    }
    if (this.#small.push(piece) >= MAX_PIECES) this.#pieces.push(Buffer.concat(this.#small.splice(0)));
    this.#watch();
    this.#options.bodies.grow(this, piece.length);
  }

  #complete(): void {
    const body = new RequestBody([...this.#pieces, ...this.#small]);
    this.#settle(() => this.#end.done(body));
  }

  #settle(tell: () => void): void {
    if (this.#over) return;
    this.#forget();
    // What a decoder has stopped.
    if (this.#request.isPaused()) this.#request.resume();
    tell();
  }
}
