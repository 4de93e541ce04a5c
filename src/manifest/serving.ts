import { type JsonObject, objectAt } from '#json-object.js';

/** How an archive asks to be served where nobody says otherwise: `model.extensions.modelArchiver.serving`. */
export interface Serving {
  readonly workers?: number;
  /** Threads of each worker. */
  readonly threads?: number;
  readonly batchSize?: number;
  /** Milliseconds. */
  readonly maxBatchDelay?: number;
}

const LEAST = { workers: 1, threads: 1, batchSize: 1, maxBatchDelay: 0 } as const satisfies Record<
  keyof Serving,
  number
>;

/** What `model.extensions` asks for; values that are not whole numbers in the range of 32 bits count as absent. */
export function servingOf(extensions: JsonObject): Serving {
  const written = objectAt(objectAt(extensions, 'modelArchiver'), 'serving');
  return Object.fromEntries(
    Object.entries(LEAST).flatMap(([key, least]) => {
      const value = written[key];
      const isFit = typeof value === 'number' && Number.isInteger(value) && value >= least && value < 2 ** 31;
      return isFit ? [[key, value]] : [];
    }),
  );
}
