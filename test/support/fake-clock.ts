import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';

/** Lets everything run that waits for no timer. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await turn();
}

interface Alarm {
  due: number;
  readonly delay: number;
  readonly ring: () => void;
}

/** Time that stands still until it is advanced: `setTimeout`, the one of `node:timers/promises`, and `performance.now()`. */
export class FakeClock {
  now = 1000;
  readonly #alarms = new Set<Alarm>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now,
    sleep: timersPromises.setTimeout,
  };

  /** Pauses that are waited for, in milliseconds, soonest first. */
  get pending(): number[] {
    return [...this.#alarms].map(({ due }) => due - this.now).sort((a, b) => a - b);
  }

  install(): this {
    const set = (ring: () => void, delay = 0) => this.#add(ring, delay);
    const clear = (timer: unknown) => {
      if (typeof timer === 'object' && timer !== null && 'cancel' in timer && typeof timer.cancel === 'function')
        timer.cancel();
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    performance.now = () => this.now;
    const sleep = (delay: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((resolve, reject) => {
        const timer = this.#add(() => {
          signal?.removeEventListener('abort', abort);
          resolve(value);
        }, delay);
        const abort = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        if (signal?.aborted) abort();
        else signal?.addEventListener('abort', abort, { once: true });
      });
    Object.assign(timersPromises, { setTimeout: sleep });
    syncBuiltinESMExports();
    return this;
  }

  restore(): void {
    const { setTimeout, clearTimeout, now, sleep } = this.#real;
    Object.assign(globalThis, { setTimeout, clearTimeout });
    performance.now = now;
    Object.assign(timersPromises, { setTimeout: sleep });
    syncBuiltinESMExports();
  }

  /** Goes on by so many milliseconds; timers ring in order, each with what follows from it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#alarms.delete(next);
      this.now = Math.max(this.now, next.due);
      next.ring();
      await settled();
    }
    this.now = end;
  }

  #next(end: number): Alarm | undefined {
    const due = [...this.#alarms].filter((alarm) => alarm.due <= end);
    return due.reduce<Alarm | undefined>(
      (first, alarm) => (first && first.due <= alarm.due ? first : alarm),
      undefined,
    );
  }

  #add(ring: () => void, delay: number) {
    const alarm: Alarm = { due: this.now + delay, delay, ring };
    this.#alarms.add(alarm);
    const timer = {
      cancel: () => this.#alarms.delete(alarm),
      refresh: () => {
        alarm.due = this.now + alarm.delay;
        this.#alarms.add(alarm);
        return timer;
      },
      ref: () => timer,
      unref: () => timer,
      hasRef: () => true,
    };
    return timer;
  }
}

/** Runs with a clock of its own. */
export function withClock(use: (clock: FakeClock) => Promise<void>): () => Promise<void> {
  return async () => {
    const clock = new FakeClock().install();
    try {
      await use(clock);
    } finally {
      clock.restore();
    }
  };
}
