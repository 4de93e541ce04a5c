import { Job, type JobOutcome } from '#serve/queue/job.js';

/** A job that remembers what became of it. */
export interface WatchedJob {
  readonly job: Job;
  /** Every outcome; a second one would be a defect. */
  readonly outcomes: JobOutcome[];
  /** `answered BODY`, `failed STATUS`, `abandoned` or `waiting`. */
  fate(): string;
}

/** A job without inputs; `acceptedAt` is the present. */
export function watchedJob(id: string): WatchedJob {
  const outcomes: JobOutcome[] = [];
  const job = new Job({ id, headers: [], parameters: [] }, (outcome) => outcomes.push(outcome));
  const fate = (): string => {
    const [outcome] = outcomes;
    if (outcome === undefined) return job.settled ? 'abandoned' : 'waiting';
    return outcome.failure ? `failed ${outcome.failure.status}` : `answered ${outcome.prediction.body}`;
  };
  return { job, outcomes, fate };
}
