/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (low + high) / 2;
}

type Candidates = Readonly<Record<string, () => Promise<unknown>>>;

/** What each candidate returned, one value a round. */
export type Rounds<All extends Candidates> = { [Name in keyof All]: Awaited<ReturnType<All[Name]>>[] };

/** Measures each candidate once a round, in turn, so that what disturbs the machine disturbs all of them alike. */
export async function alternate<All extends Candidates>(rounds: number, candidates: All): Promise<Rounds<All>> {
  const results: Record<string, unknown[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(candidates)) {
      results[name] = [...(results[name] ?? []), await measure()];
    }
  }
  return results as Rounds<All>;
}
