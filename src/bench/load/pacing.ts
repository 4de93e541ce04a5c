import type { Durations } from '../figures/durations.js';
import type { Arrivals } from './arrivals.js';
import type { Lane, LaneEvents } from './lane.js';
import type { LoadRequest } from './load-request.js';

/** So many clients that wait for each answer before they ask again. */
export interface ClosedShape {
  readonly kind: 'closed';
  readonly connections: number;
}

/** Requests that come whether or not answers do. */
export interface OpenShape {
  readonly kind: 'open';
  readonly perSecond: number;
  readonly arrivals: Arrivals;
  readonly seed: number;
  /** Connections at most: beyond that requests wait here, and their latency counts from when they should have left. */
  readonly connections: number;
}

export type Shape = ClosedShape | OpenShape;

/** How requests come to be sent, closed loop or open. */
export interface Pacing {
  readonly lanes: readonly Lane[];
  begin(): void;
  free(lane: Lane): void;
  /** No more requests. */
  end(): void | Promise<void>;
  /** Requests whose time has come and that no connection was free for. */
  readonly waiting: number;
}

/** What a pacing needs of the load. */
export interface PacingContext {
  readonly target: URL;
  readonly events: LaneEvents;
  next(): LoadRequest;
  /** Called with the time at which a request leaves. */
  sent(now: number): void;
  /** How much later than meant the generator came to a request, in milliseconds. */
  readonly lateness: Durations;
}
