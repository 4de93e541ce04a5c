/** When requests of an open loop are meant to leave, whatever becomes of those before. */
export type Arrivals = 'constant' | 'poisson';

/**
 * The distances between requests in milliseconds, without end: all alike, or exponential with the same mean (a Poisson process, as
 * of many clients that know nothing of each other). The same seed gives the same load.
 */
export function* gaps(perSecond: number, arrivals: Arrivals, seed: number): Generator<number, never> {
  const mean = 1000 / perSecond;
  const random = randomNumbers(seed);
  for (;;) yield arrivals === 'constant' ? mean : -Math.log(1 - random()) * mean;
}

/** Numbers in [0, 1) from a seed (Marsaglia's xorshift on 32 bits, mixed once more): the platform's own take no seed. */
function randomNumbers(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (Math.imul(state, 0x2545f491) >>> 0) / 2 ** 32;
  };
}
