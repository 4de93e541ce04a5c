import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf, systemCode } from '#errors/mar-error.js';
import { AnswerReader, type HttpAnswer } from './answer-reader.js';

/** What a connection tells its owner. After `failed` it is of no more use. */
export interface ConnectionEvents {
  answered(answer: HttpAnswer): void;
  /** `reason` is a few words: the system's code where there is one. `connected` says whether the server had taken the connection. */
  failed(reason: string, connected: boolean): void;
}

/** One keep-alive connection that carries one request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader: AnswerReader;
  readonly #events: ConnectionEvents;
  #connected = false;
  #over = false;

  constructor(target: URL, events: ConnectionEvents) {
    this.#events = events;
    this.#reader = new AnswerReader((answer) => {
      if (!this.#over) events.answered(answer);
    });
    const tls = target.protocol === 'https:';
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const place = { host, port: Number(target.port || (tls ? 443 : 80)), noDelay: true };
    this.#socket = tls ? connectTls({ ...place, ...(isIP(host) === 0 && { servername: host }) }) : connect(place);
    this.#socket
      .once(tls ? 'secureConnect' : 'connect', () => {
        this.#connected = true;
      })
      .on('data', (chunk: Buffer) => this.#take(chunk))
      .on('error', (error) => this.#fail(systemCode(error) ?? messageOf(error)))
      .on('end', () => {
        if (!this.#over && !this.#reader.end()) this.#fail('the server closed the connection');
      })
      .on('close', () => this.#fail('the server closed the connection'));
  }

  /** Sends the bytes of one request; before the connection is there they wait for it. */
  send(message: Buffer): void {
    this.#socket.write(message);
  }

  /** Ends it without a word to its owner. */
  destroy(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(reason: string): void {
    if (this.#over) return;
    this.destroy();
    this.#events.failed(reason, this.#connected);
  }
}
