import { Lane } from './lane.js';
import type { ClosedShape, Pacing, PacingContext } from './pacing.js';

/** Clients that ask again as soon as they are answered, each over its own connection. */
export function closedLoop({ connections }: ClosedShape, { target, events, next, sent }: PacingContext): Pacing {
  const lanes = Array.from({ length: connections }, () => new Lane(target, events));
  let over = false;
  const free = (lane: Lane): void => {
    if (over) return;
    const now = performance.now();
    sent(now);
    lane.ask(next(), now, now);
  };
  return {
    lanes,
    waiting: 0,
    free,
    begin: () => {
      for (const lane of lanes) free(lane);
    },
    end: () => {
      over = true;
    },
  };
}
