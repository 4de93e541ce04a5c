/** What queueing theory says. Times in milliseconds, rates in requests a millisecond. */

/** The mean wait in a queue with one worker: M/G/1 by Pollaczek and Khinchine, of the first two moments of the service time. */
export function meanWaitOfOne(rate: number, mean: number, secondMoment: number): number {
  return (rate * secondMoment) / (2 * (1 - rate * mean));
}

/** The share of requests that wait in M/M/c (Erlang's C formula), by his recursion for B. */
export function erlangC(workers: number, load: number): number {
  let blocked = 1;
  for (let worker = 1; worker <= workers; worker += 1) blocked = (load * blocked) / (worker + load * blocked);
  return blocked / (1 - (load / workers) * (1 - blocked));
}

/** The mean wait in M/M/c with exponential service times of this mean. */
export function meanWaitOfMany(workers: number, rate: number, mean: number): number {
  return (erlangC(workers, rate * mean) * mean) / (workers - rate * mean);
}

/** The share of requests that M/M/1/K refuses, K being all that it holds. */
export function refusedByOne(load: number, holds: number): number {
  return ((1 - load) * load ** holds) / (1 - load ** (holds + 1));
}
