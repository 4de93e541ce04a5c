import type { Job } from './job.js';

/** Jobs in order of arrival. Abandoned jobs take no place and are never handed out. */
export class JobQueue {
  #jobs: Job[] = [];
  #head = 0;

  get length(): number {
    return this.#jobs.length - this.#head;
  }

  /** Adds a job; false when `capacity` jobs wait already. */
  offer(job: Job, capacity: number): boolean {
    if (this.length >= capacity) {
      this.#dropAbandoned();
      if (this.length >= capacity) return false;
    }
    this.#jobs.push(job);
    return true;
  }

  /** The oldest job that somebody still waits for. */
  take(): Job | undefined {
    while (this.#head < this.#jobs.length) {
      const job = this.#jobs[this.#head];
      this.#head += 1;
      if (this.#head > 256 && this.#head * 2 > this.#jobs.length) this.#compact();
      if (job && !job.settled) return job;
    }
    this.#compact();
    return undefined;
  }

  /** Returns jobs to their place by age; they were accepted before, so no capacity holds for them. */
  putBack(jobs: readonly Job[]): void {
    this.#jobs = [...jobs, ...this.#jobs.slice(this.#head)].sort((a, b) => a.acceptedAt - b.acceptedAt);
    this.#head = 0;
  }

  /** Empties the queue. */
  drain(): Job[] {
    const jobs = this.#jobs.slice(this.#head).filter((job) => !job.settled);
    this.#jobs = [];
    this.#head = 0;
    return jobs;
  }

  #dropAbandoned(): void {
    this.#jobs = this.#jobs.slice(this.#head).filter((job) => !job.settled);
    this.#head = 0;
  }

  #compact(): void {
    this.#jobs = this.#jobs.slice(this.#head);
    this.#head = 0;
  }
}
