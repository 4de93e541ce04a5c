import { Alarm } from './alarm.js';
import { gaps } from './arrivals.js';
import { Lane } from './lane.js';
import type { OpenShape, Pacing, PacingContext } from './pacing.js';

/**
 * Requests that leave when they are meant to. One that finds no free connection waits for one, and its latency counts from the time
 * at which it should have left: a server that stalls cannot make its own stall disappear from the figures.
 */
export function openLoop(shape: OpenShape, { target, events, next, sent, lateness }: PacingContext): Pacing {
  const lanes: Lane[] = [];
  const idle: Lane[] = [];
  const waiting = new Waiting();
  const distances = gaps(shape.perSecond, shape.arrivals, shape.seed);
  let due = 0;
  let over = false;
  const alarm = new Alarm(() => ring());

  const ask = (lane: Lane, intended: number, now: number): void => {
    sent(now);
    lane.ask(next(), intended, now);
  };
  const laneFor = (): Lane | undefined => {
    const free = idle.pop();
    if (free || lanes.length >= shape.connections) return free;
    const lane = new Lane(target, events);
    lanes.push(lane);
    return lane;
  };
  const ring = (): void => {
    if (over) return;
    const now = performance.now();
    while (due <= now) {
      lateness.record(now - due);
      const lane = waiting.count === 0 ? laneFor() : undefined;
      if (lane) ask(lane, due, performance.now());
      else waiting.push(due);
      due += distances.next().value;
    }
    alarm.set(due);
  };
  return {
    lanes,
    get waiting() {
      return waiting.count;
    },
    free: (lane) => {
      const intended = waiting.shift();
      if (intended === undefined) idle.push(lane);
      else ask(lane, intended, performance.now());
    },
    begin: () => {
      due = performance.now() + distances.next().value;
      alarm.set(due);
    },
    end: async () => {
      over = true;
      await alarm.close();
    },
  };
}

/** Times in the order in which they came; taking one out costs the same however many there are. */
class Waiting {
  #times: number[] = [];
  #taken = 0;

  get count(): number {
    return this.#times.length - this.#taken;
  }

  push(time: number): void {
    this.#times.push(time);
  }

  shift(): number | undefined {
    const time = this.#times[this.#taken];
    if (time === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken > 10_000) {
      this.#times = this.#times.slice(this.#taken);
      this.#taken = 0;
    }
    return time;
  }
}
