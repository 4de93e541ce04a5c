import { Durations } from '../figures/durations.js';
import { Window } from '../figures/window.js';
import { closedLoop } from './closed-loop.js';
import type { LaneEvents } from './lane.js';
import type { LoadRequest } from './load-request.js';
import { openLoop } from './open-loop.js';
import type { Pacing, PacingContext, Shape } from './pacing.js';

export interface LoadOptions {
  /** `http:` or `https:`; every request goes there. */
  readonly target: URL;
  /** Sent in turn. */
  readonly requests: readonly LoadRequest[];
  readonly shape: Shape;
  /** How long a request may be under way, in milliseconds; then its connection is given up. */
  readonly timeoutMs: number;
}

/** How long a server may refuse every connection before it counts as gone, in milliseconds. */
const REFUSED_MS = 2000;
const SWEEP_MS = 50;

/** Load on a server that goes on from `start` to `stop`; what windows are open meanwhile take the figures down. */
export class Load {
  /** Resolves with the reason when the server answers no more; never rejects. */
  readonly lost: Promise<string>;
  /** Of an open loop: how much later than meant requests left, on this generator's account. */
  readonly lateness = new Durations();
  readonly #options: LoadOptions;
  readonly #pacing: Pacing;
  #window: Window | undefined;
  #tell: (reason: string) => void = () => {};
  #sweep: NodeJS.Timeout | undefined;
  #turn = 0;
  #unansweredSince: number | undefined;
  #refusedSince: number | undefined;
  #stopped = false;
  #onQuiet: (() => void) | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.lost = new Promise((resolve) => {
      this.#tell = resolve;
    });
    const { target, shape, requests } = options;
    const context: PacingContext = {
      target,
      events: this.#events(),
      lateness: this.lateness,
      next: () => {
        const request = requests[this.#turn];
        this.#turn = (this.#turn + 1) % requests.length;
        if (request === undefined) throw new RangeError('a load without requests');
        return request;
      },
      sent: (now) => {
        this.#unansweredSince ??= now;
      },
    };
    this.#pacing = shape.kind === 'closed' ? closedLoop(shape, context) : openLoop(shape, context);
  }

  /** Requests of the schedule that wait for a free connection. */
  get waiting(): number {
    return this.#pacing.waiting;
  }

  start(): void {
    this.#sweep = setInterval(() => this.#look(performance.now()), SWEEP_MS);
    this.#pacing.begin();
  }

  /** Begins a round: what is answered from now on counts in it. */
  openWindow(): Window {
    this.#window = new Window(performance.now());
    return this.#window;
  }

  /** Ends the round; what is under way then still counts for its latency, unless another round begins. */
  closeWindow(): void {
    this.#window?.close(performance.now());
  }

  /** Sends nothing more and waits for what is under way, up to the timeout of a request. Then no connection is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#pacing.end();
    if (this.#pacing.lanes.some(({ busy }) => busy)) await new Promise<void>((resolve) => (this.#onQuiet = resolve));
    this.abandon();
  }

  /** Ends at once, whatever is under way. */
  abandon(): void {
    this.#stopped = true;
    void this.#pacing.end();
    clearInterval(this.#sweep);
    for (const lane of this.#pacing.lanes) lane.abandon();
    this.#onQuiet?.();
  }

  #events(): LaneEvents {
    return {
      answered: (request, since, answer) => {
        const now = performance.now();
        this.#unansweredSince = undefined;
        this.#refusedSince = undefined;
        const fault = request.faultOf(answer);
        if (fault === undefined) this.#window?.answered(now, now - since, answer.head);
        else this.#window?.failed(now, fault);
      },
      failed: (reason, connected) => {
        const now = performance.now();
        if (!connected) this.#refusedSince ??= now;
        this.#window?.failed(now, reason);
        if (this.#refusedSince !== undefined && now - this.#refusedSince > REFUSED_MS) this.#tell(reason);
      },
      free: (lane) => {
        if (!this.#stopped) this.#pacing.free(lane);
        else if (!this.#pacing.lanes.some(({ busy }) => busy)) this.#onQuiet?.();
      },
    };
  }

  #look(now: number): void {
    const { timeoutMs } = this.#options;
    for (const lane of this.#pacing.lanes) lane.expire(now, timeoutMs);
    if (this.#unansweredSince !== undefined && now - this.#unansweredSince > timeoutMs)
      this.#tell(`no answer within ${timeoutMs / 1000} s`);
  }
}
