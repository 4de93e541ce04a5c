import type { Arrivals, Balance } from '../options.js';
import { Random } from '../random.js';
import type { Service } from '../service/service.js';
import { EventHeap } from './event-heap.js';
import { Fleet, type Scaling } from './fleet.js';
import type { Replica, ReplicaShape, ReplicaWatch } from './replica.js';

/** One run of the simulation. */
export interface RunInput {
  readonly service: Service;
  readonly shape: ReplicaShape;
  /** Replicas at the beginning, at least 1. */
  readonly replicas: number;
  readonly scaling?: Scaling;
  readonly balance: Balance;
  /** Requests per second. */
  readonly rate: number;
  readonly arrivals: Arrivals;
  readonly requests: number;
  /** The first so many requests warm up: they are in no figure. */
  readonly warmUp: number;
  readonly seed: number;
  /** The number of this run: runs of one seed differ by it alone. */
  readonly stream: number;
  /** Hears of each request that leaves a queue for a worker. */
  readonly onTaken?: ReplicaWatch['taken'];
}

/** What came of a run. */
export interface RunOutput {
  /** Milliseconds from arrival to answer, in the order of answering: of every request after the warm-up that was answered. */
  readonly latencies: Float64Array;
  /** Of the time between the warm-up and the last arrival: milliseconds, requests that came, were refused, were answered, batches that began. */
  readonly window: {
    readonly time: number;
    readonly arrivals: number;
    readonly refused: number;
    readonly answered: number;
    readonly batches: number;
    readonly batched: number;
    /** Milliseconds in which workers were busy, in which replicas had workers, and in which they were paid for. */
    readonly busy: number;
    readonly served: number;
    readonly paid: number;
  };
  /** Of the whole run at its last arrival. What waits or is under way is neither answered nor refused. */
  readonly counts: Counts;
}

/** What became of requests. `arrivals` is the sum of the others. */
export interface Counts {
  readonly arrivals: number;
  readonly answered: number;
  readonly refused: number;
  readonly waiting: number;
}

/** What an event is: the lowest two bits of its code; above them stands whom it is about. */
const FINISH = 0;
const COLLECTED = 1;
const SCALE = 2;
const STARTED = 3;

/** Simulates so many requests by discrete events: a request comes, a batch ends or has waited long enough, replicas are looked at or start. */
export function simulateRun(input: RunInput): RunOutput {
  const { service, shape, requests, warmUp, scaling, seed } = input;
  const { workers } = shape;
  // A stream for each purpose: two configurations meet the same arrivals.
  const random = (part: number): Random => new Random(seed, 4 * input.stream + part);
  const [coming, serving, choosing, travelling] = [random(0), random(1), random(2), random(3)];
  const gap = 1000 / input.rate;
  const isSteady = input.arrivals === 'steady';
  const events = new EventHeap();
  const latencies = new Float64Array(requests - warmUp);
  const outside = service.outside;
  let now = 0;
  let from = Number.POSITIVE_INFINITY;
  let open = false;
  let kept = 0;
  let inFlight = 0;
  let [arrivals, refused, answered] = [0, 0, 0];
  let [refusedInside, answeredInside, batches, batched, busy] = [0, 0, 0, 0, 0];
  let [area, areaAt, lookedAt] = [0, 0, 0];

  const watch: ReplicaWatch = {
    runs: (replica, worker, batch) => {
      events.push(now + service.draw(batch, serving), ((replica.index * workers + worker) << 2) | FINISH);
      if (!open) return;
      batches += 1;
      batched += batch;
    },
    collects: (replica, until) => events.push(until, (replica.index << 2) | COLLECTED),
    ...(input.onTaken && { taken: input.onTaken }),
  };
  const fleet = new Fleet(shape, watch, input.balance, choosing);
  for (let index = 0; index < input.replicas; index += 1) fleet.add(0);
  if (scaling) events.push(scaling.every, SCALE);

  const measureInFlight = (): void => {
    area += inFlight * (now - areaAt);
    areaAt = now;
  };
  const toAnswer = (arrivedAt: number): void => {
    inFlight -= 1;
    answered += 1;
    if (open) answeredInside += 1;
    if (arrivedAt < from) return;
    latencies[kept] = now - arrivedAt + (outside ? outside.draw(travelling) : 0);
    kept += 1;
  };
  const finish = (replica: Replica | undefined, worker: number): void => {
    if (!replica) return;
    if (open) busy += now - Math.max(from, replica.since(worker));
    measureInFlight();
    replica.finish(worker, now, toAnswer);
    if (replica.leaving && replica.inFlight === 0) fleet.gone(replica, now);
  };
  const scale = (rule: Scaling): void => {
    measureInFlight();
    const mean = area / (now - lookedAt);
    [area, lookedAt] = [0, now];
    fleet.scale(rule, mean, now, () => events.push(now + rule.startUp, STARTED));
    events.push(now + rule.every, SCALE);
  };
  const happen = (): void => {
    now = events.next;
    const code = events.pop();
    const about = code >> 2;
    switch (code & 3) {
      case FINISH:
        finish(fleet.all[Math.floor(about / workers)], about % workers);
        break;
      case COLLECTED: {
        const replica = fleet.all[about];
        if (replica?.dueAt !== now) break;
        replica.dueAt = Number.POSITIVE_INFINITY;
        replica.pump(now);
        break;
      }
      case STARTED:
        fleet.started(now);
        break;
      default:
        // After the last arrival nothing is added any more: what is there answers the rest.
        if (scaling && arrivals < requests) scale(scaling);
    }
  };

  let next = 0;
  let before = { paid: 0, served: 0 };
  while (arrivals < requests) {
    next += isSteady ? gap : gap * coming.exponential();
    while (events.next <= next) happen();
    now = next;
    if (arrivals === warmUp) {
      [from, open] = [now, true];
      before = fleet.spent(now);
    }
    arrivals += 1;
    measureInFlight();
    if (fleet.next()?.accept(now)) inFlight += 1;
    else {
      refused += 1;
      if (open) refusedInside += 1;
    }
  }
  const counts = { arrivals, answered, refused, waiting: inFlight };
  const spent = fleet.spent(now);
  for (const replica of fleet.all) busy += replica.runningSince(from, now);
  const window = {
    ...{ time: now - from, arrivals: requests - warmUp, refused: refusedInside, answered: answeredInside },
    ...{ batches, batched, busy, served: spent.served - before.served, paid: spent.paid - before.paid },
  };
  open = false;
  while (events.next < Number.POSITIVE_INFINITY) happen();
  return { latencies: latencies.subarray(0, kept), window, counts };
}
