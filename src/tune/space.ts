/** What is varied: how the runner serves the archive, and how many clients ask it at once. */
export interface Configuration {
  readonly workers: number;
  /** Threads of each worker. */
  readonly threads: number;
  readonly batchSize: number;
  /** Milliseconds; says nothing where a batch has one request. */
  readonly maxBatchDelay: number;
  /** Clients that wait for each answer. */
  readonly connections: number;
}

export type Axis = keyof Configuration;

/** In the order in which a table has them. */
export const AXES = ['workers', 'threads', 'batchSize', 'maxBatchDelay', 'connections'] as const satisfies Axis[];

/** The values of each axis, ascending, at least one. */
export type Space = Readonly<Record<Axis, readonly number[]>>;

/** Lines through a configuration: each axis, and axes that only gain together or trade one for the other. */
export const DIRECTIONS: readonly Readonly<Partial<Record<Axis, 1 | -1>>>[] = [
  { workers: 1, threads: -1 },
  { workers: 1, connections: 1 },
  { connections: 1 },
  { threads: 1 },
  { workers: 1 },
  { batchSize: 1 },
  { batchSize: 1, connections: 1 },
  { maxBatchDelay: 1 },
];

/** One text for each configuration that can be told from others: without batches, the delay cannot. */
export function keyOf(given: Configuration): string {
  return AXES.map((axis) => (axis === 'maxBatchDelay' && given.batchSize === 1 ? '-' : given[axis])).join(' ');
}

/** How many configurations the exhaustive sweep would measure. */
export function sizeOf({ workers, threads, batchSize, maxBatchDelay, connections }: Space): number {
  const batches = batchSize.reduce((sum, size) => sum + (size === 1 ? 1 : maxBatchDelay.length), 0);
  return workers.length * threads.length * batches * connections.length;
}

/** Every configuration of a space, once. */
export function allOf(space: Space): Configuration[] {
  const all = AXES.reduce<Partial<Configuration>[]>(
    (before, axis) => before.flatMap((one) => space[axis].map((value) => ({ ...one, [axis]: value }))),
    [{}],
  );
  const made = all.map((one) => configurationAt((axis) => one[axis] ?? 0));
  return [...new Map(made.map((one) => [keyOf(one), one])).values()];
}

/** The configurations of a line through one, nearest first, without itself. */
export function lineThrough(
  space: Space,
  start: Configuration,
  direction: Readonly<Partial<Record<Axis, 1 | -1>>>,
): Configuration[] {
  const longest = Math.max(...AXES.map((axis) => space[axis].length));
  const steps = Array.from({ length: longest - 1 }, (_, index) => [index + 1, -index - 1]).flat();
  return steps.flatMap((step) => {
    const values = AXES.map((axis) => {
      const at = space[axis].indexOf(start[axis]) + step * (direction[axis] ?? 0);
      return [axis, space[axis][at]] as const;
    });
    const found = new Map(values);
    const inside = values.every(([, value]) => value !== undefined);
    return inside ? [configurationAt((axis) => found.get(axis) ?? 0)] : [];
  });
}

/** Where a search begins: the ends that are good for latency and for throughput, with a client for each worker, with all of them, with batches, and the middle. */
export function startsOf(space: Space): Configuration[] {
  const first = (axis: Axis): number => space[axis][0] ?? 0;
  const last = (axis: Axis): number => space[axis].at(-1) ?? 0;
  const middle = (axis: Axis): number => space[axis][Math.floor(space[axis].length / 2)] ?? 0;
  const made = (of: (axis: Axis) => 'first' | 'last'): Configuration =>
    configurationAt((axis) => (of(axis) === 'first' ? first(axis) : last(axis)));
  const most = last('workers');
  const each = space.connections.find((clients) => clients >= most) ?? last('connections');
  return [
    made((axis) => (axis === 'threads' ? 'last' : 'first')),
    { ...made((axis) => (axis === 'workers' ? 'last' : 'first')), connections: each },
    made((axis) => (axis === 'workers' || axis === 'connections' ? 'last' : 'first')),
    made((axis) => (axis === 'threads' || axis === 'maxBatchDelay' ? 'first' : 'last')),
    configurationAt(middle),
  ];
}

function configurationAt(value: (axis: Axis) => number): Configuration {
  return {
    workers: value('workers'),
    threads: value('threads'),
    batchSize: value('batchSize'),
    maxBatchDelay: value('maxBatchDelay'),
    connections: value('connections'),
  };
}

/** Both ends and the powers of two between them; with 0 where that is an end. */
export function powersOfTwo(from: number, to: number): number[] {
  const between: number[] = [];
  for (let value = 1; value < to; value *= 2) if (value > from) between.push(value);
  return [...new Set([from, ...between, to])];
}
