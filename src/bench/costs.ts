import type { Measured } from '#cost/cost.js';
import { type CostTable, costTable } from '#cost/cost-table.js';
import { readMeasurements, readPrices } from '#cost/read-files.js';
import { MarError } from '#errors/mar-error.js';
import type { TargetFacts } from './target/target.js';

/** What the figures are turned into costs with. */
export interface CostBasis {
  /** Hourly prices (schemas/prices.schema.json); default: those that `table` names. */
  readonly priceFile?: string;
  /** What is rented for this measurement, by the names of the prices; two of a kind stand twice. */
  readonly uses?: readonly string[];
  /** Configurations measured elsewhere (schemas/cost.schema.json), which stand above this one. */
  readonly table?: string;
}

/** What a measurement found, as far as its costs depend on it. */
export interface CostFigures {
  readonly target: Pick<TargetFacts, 'workers' | 'threads'>;
  readonly throughput: number | null;
  /** The mean in milliseconds. */
  readonly latency: number | undefined;
}

/** Costs of a measurement: the rows of the table, and below them its own, which is missing where nothing was answered. */
export interface BenchCosts extends CostTable {
  /** The configuration that was measured; the others were not, here. */
  readonly measured: string;
}

/**
 * Reads prices and table before anything is measured, so that what is missing is said at once; undefined where no costs are asked for.
 * Throws `ERR_COST_FILE`, `ERR_PRICE_MISSING` and `ERR_USAGE`.
 */
export async function readCosts({
  priceFile,
  uses = [],
  table,
}: CostBasis): Promise<((figures: CostFigures) => BenchCosts) | undefined> {
  if (priceFile === undefined && table === undefined && uses.length === 0) return undefined;
  const above = table === undefined ? { rows: [] } : await readMeasurements(table);
  const pricesPath = priceFile ?? above.prices;
  if (pricesPath === undefined || uses.length === 0) {
    throw new MarError(
      pricesPath === undefined ? 'There are no prices to work costs out with.' : 'It is not said what is rented.',
      {
        code: 'ERR_USAGE',
        hint: 'Give both: --price-file prices.json --uses m5.large (and --uses again for each further part).',
      },
    );
  }
  const prices = await readPrices(pricesPath);
  const name = `${uses.join(' + ')}, this run`;
  const costs = (own: readonly Measured[]): BenchCosts => {
    const found = costTable([...above.rows, ...own], prices);
    const from = 'source' in above && above.source !== undefined ? { measurementsFrom: above.source } : {};
    return { ...found, ...from, measured: name };
  };
  costs([{ configuration: name, uses, throughput: 1 }]);
  return ({ target: { workers, threads }, throughput, latency }) =>
    costs(
      throughput === null || throughput <= 0
        ? []
        : [
            {
              ...{ configuration: name, uses, throughput },
              ...(workers !== undefined && { workers }),
              ...(threads !== undefined && { ompThreads: threads }),
              ...(latency !== undefined && { latencyMs: Number(latency.toPrecision(3)) }),
            },
          ],
    );
}
