/**
 * How many classes an output may have, the likeliest first: the last axis of a classifier; of three axes that of a sequence, with a blank
 * or without, or what is left of a detector's boxes, four coordinates and perhaps an objectness; of four the channels of a map.
 */
export function classCounts(dims: readonly (number | string | null)[]): number[] {
  const [, second] = dims;
  const last = dims.at(-1);
  const numbers = (values: readonly unknown[], less: readonly number[]): number[] =>
    values.flatMap((value) => (typeof value === 'number' ? less.map((some) => value - some).filter((n) => n > 0) : []));
  if (dims.length === 2) return numbers([last], [0]);
  if (dims.length === 3) return [...new Set([...numbers([last], [0, 1, 4, 5]), ...numbers([second], [4])])];
  return dims.length === 4 ? [...new Set(numbers([second, last], [0]))] : [];
}
