import { setTimeout as sleep } from 'node:timers/promises';

/** Why a measurement ended before it was complete. */
export interface EarlyEnd {
  /** `lost`: the server answers no more. */
  readonly status: 'interrupted' | 'lost';
  readonly reason?: string;
}

/** What can end a measurement at any time: an interruption, or a server that is gone. */
export class Ending {
  /** Undefined while it goes on. */
  early: EarlyEnd | undefined;
  #resolve: () => void = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(signal: AbortSignal | undefined) {
    const stop = (): void => this.#end({ status: 'interrupted' });
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  }

  /** Ends the measurement when this resolves, with its reason. */
  watch(lost: Promise<string>): void {
    void lost.then((reason) => this.#end({ status: 'lost', reason }));
  }

  /** Waits so long, or until the measurement ends. */
  async wait(seconds: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([sleep(seconds * 1000, undefined, { signal: timer.signal }).catch(() => {}), this.#ended]);
    timer.abort();
  }

  #end(early: EarlyEnd): void {
    this.early ??= early;
    this.#resolve();
  }
}
