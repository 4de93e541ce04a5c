/** Stretches of the warm-up that are held against as many before them. */
const GROUP = 3;
/** How far their middles may lie apart. */
const TOLERANCE = 0.05;

/** Whether a series has settled: the middle of its last three values lies within 5 % of the middle of the three before. */
export function isSteady(values: readonly number[]): boolean {
  if (values.length < 2 * GROUP) return false;
  const middle = (group: readonly number[]): number => [...group].sort((a, b) => a - b)[1] ?? Number.NaN;
  const [last, before] = [middle(values.slice(-GROUP)), middle(values.slice(-2 * GROUP, -GROUP))];
  return Math.abs(last - before) <= TOLERANCE * before;
}
