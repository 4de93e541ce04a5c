import { availableParallelism } from 'node:os';
import type { BenchOptions } from '#bench/options.js';
import { MarError } from '#errors/mar-error.js';
import type { LatencyLimit, TuneTrial } from './result.js';
import { AXES, type Axis, powersOfTwo, type Space } from './space.js';

/** What is tuned, and how. */
export interface TuneOptions
  extends Pick<
    BenchOptions,
    'inputs' | 'headers' | 'python' | 'installRequirements' | 'env' | 'signal' | 'timeoutMs' | 'priceFile' | 'uses'
  > {
  /** Default: p99, without a limit. */
  readonly slo?: LatencyLimit;
  /** Values of each axis; default: those of `defaultSpace`. */
  readonly space?: Partial<Space>;
  /** Seconds of load of a whole measurement; a first look takes a tenth. Default 10. */
  readonly duration?: number;
  /** A new archive, of the source with what is recommended as its configuration, or a `mar.config.json` that is there; written only where the limit is kept, and nothing was interrupted. */
  readonly write?: string;
  /** What the report says that was run. */
  readonly command?: string;
  /** Hears every measurement that has ended. */
  readonly onTrial?: (trial: TuneTrial) => void;
}

/**
 * The values to be searched, ascending, each once: workers and threads up to the processors, batches of up to 8, and clients up to what fills
 * the batches of all workers, in powers of two, where nothing else is given. Throws `ERR_OPTION`.
 */
export function spaceOf(given: Partial<Space> = {}): Space {
  const processors = availableParallelism();
  const values = (axis: Axis, fallback: readonly number[]): readonly number[] => {
    const chosen = [...new Set(given[axis] ?? fallback)].sort((one, other) => one - other);
    const least = axis === 'maxBatchDelay' ? 0 : 1;
    const wrong = chosen.find((value) => !Number.isInteger(value) || value < least);
    if (chosen.length > 0 && wrong === undefined) return chosen;
    throw new MarError(`${axis} is ${wrong ?? 'an empty list'}, expected whole numbers from ${least}, one at least.`, {
      code: 'ERR_OPTION',
      hint: `The axes are ${AXES.join(', ')}.`,
    });
  };
  const workers = values('workers', powersOfTwo(1, processors));
  const batchSize = values('batchSize', [1, 2, 4, 8]);
  const fill = (workers.at(-1) ?? 1) * (batchSize.at(-1) ?? 1);
  return {
    workers,
    threads: values('threads', powersOfTwo(1, processors)),
    batchSize,
    maxBatchDelay: values('maxBatchDelay', [1, 5, 20]),
    connections: values('connections', powersOfTwo(1, fill)),
  };
}
