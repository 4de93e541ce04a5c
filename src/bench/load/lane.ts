import type { HttpAnswer } from './answer-reader.js';
import { Connection } from './connection.js';
import type { LoadRequest } from './load-request.js';

/** Hears what becomes of the requests of a lane. */
export interface LaneEvents {
  /** The answer is here, right or wrong; `since` is the time that the latency counts from. */
  answered(request: LoadRequest, since: number, answer: HttpAnswer): void;
  /** There is no answer. `connected`: the server had taken the connection. */
  failed(reason: string, connected: boolean): void;
  /** The lane can take the next request. */
  free(lane: Lane): void;
}

/** What passes before a server that took no connection is asked for the next one, in milliseconds. */
const PATIENCE_MS = 100;

/** One request at a time over a connection that is made when it is needed, and made anew when it breaks. */
export class Lane {
  readonly #target: URL;
  readonly #events: LaneEvents;
  #connection: Connection | undefined;
  #request: LoadRequest | undefined;
  #since = 0;
  #sentAt = 0;

  constructor(target: URL, events: LaneEvents) {
    this.#target = target;
    this.#events = events;
  }

  /** True while a request is under way. */
  get busy(): boolean {
    return this.#request !== undefined;
  }

  /** Opens the connection ahead of the first request. */
  open(): void {
    this.#connection ??= new Connection(this.#target, {
      answered: (answer) => this.#answered(answer),
      failed: (reason, connected) => {
        this.#connection = undefined;
        this.#failed(reason, connected);
      },
    });
  }

  /** Sends a request whose latency counts from `since`. */
  ask(request: LoadRequest, since: number, now: number): void {
    this.open();
    this.#request = request;
    this.#since = since;
    this.#sentAt = now;
    this.#connection?.send(request.message);
  }

  /** Gives a request up that was sent longer ago than this. */
  expire(now: number, timeoutMs: number): void {
    if (this.busy && now - this.#sentAt > timeoutMs) {
      this.close();
      this.#failed(`no answer within ${timeoutMs / 1000} s`, true);
    }
  }

  /** Ends the connection; a request under way is forgotten by `abandon`, not here. */
  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  /** Ends the connection and forgets the request. */
  abandon(): void {
    this.#request = undefined;
    this.close();
  }

  #answered(answer: HttpAnswer): void {
    const request = this.#request;
    this.#request = undefined;
    if (!answer.keepsOpen || request === undefined) this.close();
    if (request === undefined) return;
    this.#events.answered(request, this.#since, answer);
    this.#events.free(this);
  }

  #failed(reason: string, connected: boolean): void {
    // A server may end a connection that nobody uses.
    if (this.#request === undefined) return;
    this.#request = undefined;
    this.#events.failed(reason, connected);
    if (connected) this.#events.free(this);
    else setTimeout(() => this.#events.free(this), PATIENCE_MS);
  }
}
