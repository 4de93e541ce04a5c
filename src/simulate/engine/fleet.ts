import type { Balance } from '../options.js';
import type { Random } from '../random.js';
import { Replica, type ReplicaShape, type ReplicaWatch } from './replica.js';

/** When replicas are added and taken away. */
export interface Scaling {
  readonly least: number;
  readonly most: number;
  /** Requests in flight that each replica is meant to have. */
  readonly target: number;
  /** Milliseconds until an added replica serves; it is paid for meanwhile. */
  readonly startUp: number;
  /** Milliseconds between two looks at the requests in flight, whose mean since the last one counts. */
  readonly every: number;
  /** A replica goes when none of the looks of so many milliseconds asked for it. */
  readonly downAfter: number;
}

/** The replicas of a run: those that serve, start, and leave, and what they cost in time. */
export class Fleet {
  /** Replicas that take requests. */
  readonly serving: Replica[] = [];
  /** Every one that was ever made, by its index. */
  readonly all: Replica[] = [];
  readonly #unused: Replica[] = [];
  readonly #shape: ReplicaShape;
  readonly #watch: ReplicaWatch;
  readonly #balance: Balance;
  readonly #random: Random;
  readonly #wishes: { readonly at: number; readonly replicas: number }[] = [];
  #starting = 0;
  #leaving = 0;
  #turn = 0;
  #last = 0;
  /** Milliseconds of replicas that were paid for, and of those that had workers. */
  #paid = 0;
  #served = 0;

  constructor(shape: ReplicaShape, watch: ReplicaWatch, balance: Balance, random: Random) {
    this.#shape = shape;
    this.#watch = watch;
    this.#balance = balance;
    this.#random = random;
  }

  /** Time of replicas until now, in milliseconds: paid for, and with workers. */
  spent(now: number): { readonly paid: number; readonly served: number } {
    this.#count(now);
    return { paid: this.#paid, served: this.#served };
  }

  /** One more serves from now on. */
  add(now: number): void {
    this.#count(now);
    const replica = this.#unused.pop() ?? this.#make();
    replica.leaving = false;
    this.serving.push(replica);
  }

  /** A replica that was started serves now. */
  started(now: number): void {
    this.add(now);
    this.#starting -= 1;
  }

  /** Whom the next request goes to. */
  next(): Replica | undefined {
    const { serving } = this;
    if (serving.length === 1) return serving[0];
    if (this.#balance === 'random') return serving[Math.floor(this.#random.uniform() * serving.length)];
    this.#turn = (this.#turn + 1) % serving.length;
    if (this.#balance === 'round-robin') return serving[this.#turn];
    let best = serving[this.#turn];
    for (const replica of serving) if (best && replica.inFlight < best.inFlight) best = replica;
    return best;
  }

  /** Holds the rule against what is in flight (a mean); `start` is called for each replica that is to be started. */
  scale({ least, most, target, downAfter }: Scaling, inFlight: number, now: number, start: () => void): void {
    const replicas = Math.min(most, Math.max(least, Math.ceil(inFlight / target)));
    this.#wishes.push({ at: now, replicas });
    while ((this.#wishes[0]?.at ?? now) < now - downAfter) this.#wishes.shift();
    this.#count(now);
    for (let have = this.serving.length + this.#starting; have < replicas; have += 1) {
      this.#starting += 1;
      start();
    }
    const needed = Math.max(...this.#wishes.map((wish) => wish.replicas));
    while (this.serving.length > needed) {
      const replica = this.serving.pop();
      if (!replica) return;
      replica.leaving = true;
      this.#leaving += 1;
      if (replica.inFlight === 0) this.gone(replica, now);
    }
  }

  /** A replica that was leaving has answered its last request. */
  gone(replica: Replica, now: number): void {
    this.#count(now);
    this.#leaving -= 1;
    this.#unused.push(replica);
  }

  #make(): Replica {
    const replica = new Replica(this.all.length, this.#shape, this.#watch);
    this.all.push(replica);
    return replica;
  }

  #count(now: number): void {
    const passed = now - this.#last;
    const working = this.serving.length + this.#leaving;
    this.#served += passed * working;
    this.#paid += passed * (working + this.#starting);
    this.#last = now;
  }
}
