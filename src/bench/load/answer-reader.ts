/** One answer of a server, complete. */
export interface HttpAnswer {
  readonly status: number;
  /** Status line and headers as they came, without the empty line. */
  readonly head: string;
  readonly body: Buffer;
  /** False where the server ends the connection behind it. */
  readonly keepsOpen: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
/** Bytes of a head; more is not an answer. */
const LONGEST_HEAD = 64 * 1024;

interface Head {
  readonly status: number;
  readonly text: string;
  readonly keepsOpen: boolean;
  /** Bytes of the body; undefined where the end of the connection ends it, `chunked` where it says so itself. */
  readonly length: number | 'chunked' | undefined;
}

/**
 * Reads HTTP/1.1 answers from the bytes of one connection: as little as a client can do, since it shares the machine with the server
 * that it measures. What is not HTTP throws an `Error` that says so.
 */
export class AnswerReader {
  readonly #onAnswer: (answer: HttpAnswer) => void;
  /** What has come and is not read yet; it is put together only when there is enough of it. */
  #parts: Buffer[] = [];
  #size = 0;
  /** Bytes below which there is no use in looking again. */
  #wanted = 0;
  #rest: Buffer = NOTHING;
  #head: Head | undefined;

  constructor(onAnswer: (answer: HttpAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** More bytes have come. */
  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return;
    this.#rest = this.#gathered();
    this.#read();
    this.#parts = this.#rest.length > 0 ? [this.#rest] : [];
    this.#size = this.#rest.length;
  }

  #gathered(): Buffer {
    const [first = NOTHING] = this.#parts;
    return this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
  }

  #read(): void {
    this.#wanted = 0;
    while (this.#rest.length > 0) {
      this.#head ??= this.#takeHead();
      if (this.#head === undefined) return;
      const body = this.#takeBody(this.#head);
      if (body === undefined) return;
      const { status, text, keepsOpen } = this.#head;
      this.#head = undefined;
      // 100 and its kin announce the answer.
      if (status >= 200) this.#onAnswer({ status, head: text, body, keepsOpen });
    }
  }

  /** The connection has ended; true where that was the end of an answer. */
  end(): boolean {
    const head = this.#head;
    if (head === undefined || head.length !== undefined) return false;
    this.#head = undefined;
    const body = this.#gathered();
    this.#parts = [];
    this.#onAnswer({ status: head.status, head: head.text, body, keepsOpen: false });
    return true;
  }

  #takeHead(): Head | undefined {
    const end = this.#rest.indexOf(HEAD_END);
    if (end < 0) {
      if (this.#rest.length > LONGEST_HEAD) throw new Error('the answer is not HTTP: its head does not end');
      return undefined;
    }
    const text = this.#rest.toString('latin1', 0, end);
    this.#rest = this.#rest.subarray(end + HEAD_END.length);
    return readHead(text);
  }

  #takeBody({ length }: Head): Buffer | undefined {
    if (length === undefined) {
      // The end of the connection is asked for.
      this.#wanted = Number.POSITIVE_INFINITY;
      return undefined;
    }
    if (length === 'chunked') return this.#takeChunks();
    if (this.#rest.length < length) {
      this.#wanted = length;
      return undefined;
    }
    const body = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return body;
  }

  #takeChunks(): Buffer | undefined {
    const parts: Buffer[] = [];
    for (let at = 0; ; ) {
      const line = this.#rest.indexOf('\r\n', at);
      if (line < 0) return undefined;
      const size = Number.parseInt(this.#rest.toString('latin1', at, line), 16);
      if (!Number.isInteger(size)) throw new Error('the answer is not HTTP: a chunk has no size');
      const start = line + 2;
      if (size === 0) {
        const end = this.#endOfTrailers(start);
        if (end === undefined) return undefined;
        this.#rest = this.#rest.subarray(end);
        return Buffer.concat(parts);
      }
      at = start + size + 2;
      if (this.#rest.length < at) {
        this.#wanted = at;
        return undefined;
      }
      parts.push(this.#rest.subarray(start, start + size));
    }
  }

  #endOfTrailers(start: number): number | undefined {
    for (let at = start; ; ) {
      const line = this.#rest.indexOf('\r\n', at);
      if (line < 0) return undefined;
      if (line === at) return line + 2;
      at = line + 2;
    }
  }
}

function readHead(text: string): Head {
  const [, minor, code] = /^HTTP\/1\.([01]) (\d{3})/.exec(text) ?? [];
  if (code === undefined)
    throw new Error(`the answer is not HTTP: it begins with ${JSON.stringify(text.slice(0, 20))}`);
  const status = Number(code);
  const closes = /\r\nconnection: *close/i.test(text) || (minor === '0' && !/\r\nconnection: *keep-alive/i.test(text));
  const length = status < 200 || status === 204 || status === 304 ? 0 : lengthIn(text);
  return { status, text, keepsOpen: !closes && length !== undefined, length };
}

function lengthIn(text: string): Head['length'] {
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (/\r\ntransfer-encoding:[^\r]*chunked/i.test(text)) return 'chunked';
  return length === undefined ? undefined : Number(length);
}
