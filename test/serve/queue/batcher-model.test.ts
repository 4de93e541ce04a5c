import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Batcher, type Membership } from '#serve/queue/batcher.js';
import { type FakeClock, withClock } from '../../support/fake-clock.js';
import { FakeWorker } from '../../support/fake-worker.js';
import { type WatchedJob, watchedJob } from '../../support/jobs.js';

/** What can happen to the queue of a model; numbers choose among the jobs and workers that there are. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'accept' } as const) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 1, max: 120 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join' as const), depth: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), which: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abandon' as const), which: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' } as const) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Setting {
  readonly batchSize: number;
  readonly capacity: number;
  readonly delay: number;
}
const setting: fc.Arbitrary<Setting> = fc.record({
  batchSize: fc.integer({ min: 1, max: 3 }),
  capacity: fc.integer({ min: 0, max: 4 }),
  delay: fc.constantFrom(0, 50, 100),
});

/** The queue beside what it must look like: jobs by age, of which a worker is always handed the oldest. */
class World {
  readonly #queue: Batcher;
  readonly #setting: Setting;
  readonly #clock: FakeClock;
  readonly #jobs: WatchedJob[] = [];
  readonly #workers: { worker: FakeWorker; membership: Membership; left: boolean }[] = [];
  /** Accepted, unsettled and with no worker, oldest first. */
  #waiting: WatchedJob[] = [];
  #flushing = false;

  constructor(setting: Setting, clock: FakeClock) {
    this.#setting = setting;
    this.#clock = clock;
    this.#queue = new Batcher({
      batchSize: setting.batchSize,
      maxBatchDelayMs: setting.delay,
      queueCapacity: setting.capacity,
      responseTimeoutMs: 1000,
      hopeless: () => undefined,
    });
  }

  async take(one: Step): Promise<void> {
    this.#clock.now += 1;
    if (one.kind === 'accept') this.#accept();
    else if (one.kind === 'answer') this.#choose(one.which, ({ owed }) => owed.length > 0)?.worker.answer();
    else if (one.kind === 'wait') await this.#clock.advance(one.milliseconds);
    else if (one.kind === 'join') this.#join(one.depth);
    else if (one.kind === 'die') this.#die(one.which);
    else if (one.kind === 'leave') this.#leave(one.which);
    else if (one.kind === 'abandon') this.#abandon(one.which);
    else {
      this.#flushing = true;
      void this.#queue.empty(0);
    }
    await this.#clock.advance(0);
    this.#check();
  }

  /** Answers everything; whoever was accepted and not abandoned must have exactly one outcome then. */
  async finish(): Promise<void> {
    this.#join(1);
    for (let round = 0; round < 200 && this.#jobs.some(({ fate }) => fate() === 'waiting'); round += 1) {
      for (const { worker } of this.#workers) if (worker.owed.length > 0) worker.answer();
      await this.#clock.advance(200);
      this.#check();
    }
    for (const { fate, job, outcomes } of this.#jobs) {
      assert.ok(
        fate() === `answered ${job.id}` || fate() === 'failed 500' || fate() === 'abandoned',
        `${job.id} ${fate()}`,
      );
      assert.ok(outcomes.length <= 1, `${job.id} has ${outcomes.length} outcomes`);
    }
    await this.#clock.advance(200);
    assert.equal([this.#queue.waiting, this.#clock.pending], [0, []]);
  }

  #accept(): void {
    const watched = watchedJob(`${this.#jobs.length}`);
    // What a worker that left still prepares is its own: it finishes that, and the queue is free of it.
    const staying = this.#workers.filter(({ left }) => !left);
    const prefetched = staying.flatMap(({ worker }) => worker.owed.slice(1)).flatMap(({ jobs }) => jobs).length;
    const idle = this.#workers.some(({ worker, left }) => !left && worker.alive && worker.owed.length === 0);
    const full = this.#waiting.length + prefetched >= this.#setting.capacity;
    this.#waiting.push(watched);
    const accepted = this.#queue.accept(watched.job);
    if (idle) assert.ok(accepted, 'a free worker takes it');
    else if (full) assert.not.ok(accepted, `${this.#waiting.length - 1} wait and ${prefetched} are prepared`);
    if (accepted) this.#jobs.push(watched);
    else this.#waiting.pop();
  }

  #join(depth: number): void {
    const worker = new FakeWorker(depth);
    const predict = worker.predict.bind(worker);
    worker.predict = (jobs, options) => {
      this.#handed(
        worker,
        jobs.map(({ id }) => id),
      );
      return predict(jobs, options);
    };
    this.#flushing = false;
    const entry = {
      worker,
      left: false,
      membership: { leave: () => {}, idle: async () => {}, served: () => false } as Membership,
    };
    this.#workers.push(entry);
    entry.membership = this.#queue.join(worker, () => {});
  }

  /** A worker is handed the oldest of those that wait, in order, and nobody who waits no more. */
  #handed(worker: FakeWorker, ids: readonly string[]): void {
    const oldest = this.#waiting.splice(0, ids.length).map(({ job }) => job.id);
    assert.equal(ids, oldest, 'the oldest, in order');
    assert.ok(ids.length >= 1 && ids.length <= this.#setting.batchSize, `a batch of ${ids.length}`);
    assert.ok(worker.alive && worker.owed.length < worker.depth, `${worker.owed.length} are owed`);
    const entry = this.#workers.find((one) => one.worker === worker);
    assert.not.ok(entry?.left, 'it has left');
  }

  #die(which: number): void {
    const entry = this.#choose(which, ({ alive }) => alive);
    if (!entry) return;
    const unstarted = entry.worker.owed.slice(1).flatMap(({ jobs }) => jobs.map(({ id }) => id));
    const back = this.#jobs.filter(({ job }) => unstarted.includes(job.id) && !job.settled);
    this.#waiting = [...this.#waiting, ...back].sort((a, b) => Number(a.job.id) - Number(b.job.id));
    entry.worker.die();
    entry.membership.leave();
    entry.left = true;
  }

  #leave(which: number): void {
    const entry = this.#choose(which, ({ alive }) => alive);
    entry?.membership.leave();
    if (entry) entry.left = true;
  }

  #abandon(which: number): void {
    const watched = this.#jobs[which % Math.max(1, this.#jobs.length)];
    watched?.job.abandon();
    this.#waiting = this.#waiting.filter(({ job }) => !job.settled);
  }

  #choose(which: number, fits: (worker: FakeWorker) => boolean) {
    const fitting = this.#workers.filter(({ worker }) => fits(worker));
    return fitting[which % Math.max(1, fitting.length)];
  }

  /** Nobody waits beside an idle worker, unless for company, and for that not too long. */
  #check(): void {
    const idle = this.#workers.some(({ worker, left }) => !left && worker.alive && worker.owed.length === 0);
    const [oldest] = this.#waiting;
    if (!idle || !oldest) return;
    assert.ok(this.#waiting.length < this.#setting.batchSize, `${this.#waiting.length} wait beside an idle worker`);
    assert.not.ok(this.#flushing, 'it waits for company while the queue is emptied');
    const waited = this.#clock.now - oldest.job.acceptedAt;
    assert.ok(waited <= this.#setting.delay, `the oldest has waited ${waited} ms of ${this.#setting.delay}`);
  }
}

test(
  'whatever happens, the oldest go first, no one waits beside an idle worker, and each job has one outcome',
  withClock((clock) =>
    fc.assert(
      fc.asyncProperty(setting, fc.array(step, { maxLength: 40 }), async (chosen, steps) => {
        const world = new World(chosen, clock);
        for (const one of steps) await world.take(one);
        await world.finish();
      }),
      { numRuns: 300, includeErrorInReport: true },
    ),
  ),
);

test.run();
