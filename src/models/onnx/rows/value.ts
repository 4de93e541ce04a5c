/**
 * The size of one axis while requests are joined: a number, `rows` for the axis that holds the requests' rows one after the other,
 * or undefined for what is not known but the same for every request of a batch.
 */
export type Extent = number | 'rows' | undefined;

/** One element of a small integer tensor: a number, the number of `rows`, something made of it, or what is not known. */
export type Element = number | 'rows' | 'fromRows' | undefined;

/** What is known about a value of the graph while requests are joined. */
export interface Value {
  /** Undefined where not even the rank is known; then the value is the same for every request. */
  readonly dims: readonly Extent[] | undefined;
  /** The elements, row-major, of shapes and what is computed from them. */
  readonly elements?: readonly Element[];
}

/** A value of which nothing is known but that it is the same for every request. */
export const ANYTHING: Value = { dims: undefined };

/** The axis that holds the rows; undefined for a value that is the same for every request. */
export function rowsAxis({ dims }: Value): number | undefined {
  const axis = dims?.indexOf('rows') ?? -1;
  return axis < 0 ? undefined : axis;
}

/** True where the elements tell how many rows there are: then the value is not the same alone and joined. */
export function countsRows({ elements }: Value): boolean {
  return elements?.some((element) => element === 'rows' || element === 'fromRows') ?? false;
}

/** A value whose axes are `dims`; undefined, which is not proven, when the rows would lie on two of them. */
export function shaped(dims: readonly Extent[] | undefined): Value | undefined {
  return dims && dims.indexOf('rows') !== dims.lastIndexOf('rows') ? undefined : { dims };
}

/**
 * The axes of values that are combined element by element under ONNX's broadcasting: aligned at the last axis. The rows must lie
 * on one axis of the result, and whatever is the same for all requests must not spread over it. Undefined where that is not proven.
 */
export function broadcast(values: readonly Value[]): Value | undefined {
  const ranked = values.map(({ dims }) => dims);
  if (ranked.includes(undefined)) {
    return values.every((value) => rowsAxis(value) === undefined) ? ANYTHING : undefined;
  }
  const shapes = ranked.flatMap((dims) => (dims ? [dims] : []));
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  const result: Extent[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const found = shapes.flatMap((dims) => {
      const own = axis - (rank - dims.length);
      return own < 0 ? [] : [dims[own]];
    });
    if (found.includes('rows')) {
      // One row of a request on its own would spread over it, or be spread: only what is 1 stays out of the way.
      if (found.some((extent) => extent !== 'rows' && extent !== 1)) return undefined;
      result.push('rows');
    } else {
      const large = found.find((extent) => typeof extent === 'number' && extent !== 1);
      result.push(large ?? (found.includes(undefined) ? undefined : 1));
    }
  }
  return shaped(result);
}

/** A negative axis counts from the end; undefined when it lies outside of the rank. */
export function axisOf(axis: number, rank: number): number | undefined {
  const own = axis < 0 ? axis + rank : axis;
  return Number.isInteger(own) && own >= 0 && own < rank ? own : undefined;
}
