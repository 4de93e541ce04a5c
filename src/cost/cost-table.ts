import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import { type Measured, type Priced, type Ratio, ratioOf } from './cost.js';
import { ageWarnings, type Prices, priced } from './prices.js';
import { readMeasurements, readPrices } from './read-files.js';

/** What `mar cost` goes by beside its file. */
export interface CostOptions {
  /** A file of prices in place of the one that the measurements name. */
  readonly prices?: string;
  /** The configuration that the others are held against; without it there are no ratios. */
  readonly against?: string;
  /** The day by which the age of prices is judged; today unless told otherwise. */
  readonly now?: Date;
}

/** Measured configurations with what they cost. */
export interface CostTable {
  readonly currency: string;
  /** The day of the prices, and where they and the measurements come from. */
  readonly pricesOf: string;
  readonly pricesFrom?: string;
  readonly region?: string;
  readonly measurementsFrom?: string;
  /** In the order of the file. */
  readonly rows: readonly Priced[];
  /** Every row beside the one of `against`. */
  readonly ratios: readonly Ratio[];
  /** What to bear in mind: the age of the prices. */
  readonly warnings: readonly string[];
}

/** The table of a file of measurements (schemas/cost.schema.json) with its prices. Throws `ERR_COST_FILE`, `ERR_PRICE_MISSING`, `ERR_OPTION`. */
export async function costOfFile(path: string, options: CostOptions = {}): Promise<CostTable> {
  const measurements = await readMeasurements(path);
  const pricesPath = options.prices ?? measurements.prices;
  if (pricesPath === undefined) {
    throw new MarError(`${path} names no prices, and none are given.`, {
      code: 'ERR_PRICE_MISSING',
      hint: 'Give a file of prices with --prices, or name it in the file as "prices".',
    });
  }
  const table = costTable(measurements.rows, await readPrices(pricesPath), options);
  return { ...table, ...(measurements.source !== undefined && { measurementsFrom: measurements.source }) };
}

/** Rows with their costs, and their ratios. Throws `ERR_PRICE_MISSING`, and `ERR_OPTION` where `against` is not a row. */
export function costTable(
  measured: readonly Measured[],
  prices: Prices,
  { against, now = new Date() }: Pick<CostOptions, 'against' | 'now'> = {},
): CostTable {
  const rows = measured.map((row) => priced(row, prices));
  return {
    currency: prices.currency,
    pricesOf: prices.date,
    ...(prices.source !== undefined && { pricesFrom: prices.source }),
    ...(prices.region !== undefined && { region: prices.region }),
    rows,
    ratios: against === undefined ? [] : ratios(rows, against),
    warnings: ageWarnings(prices, now),
  };
}

function ratios(rows: readonly Priced[], against: string): Ratio[] {
  const base = rows.find(({ configuration }) => configuration === against);
  if (base) return rows.map((row) => ratioOf(row, base));
  const names = rows.map(({ configuration }) => configuration);
  throw new MarError(`No row is called '${against}'${didYouMean(against, names)}.`, {
    code: 'ERR_OPTION',
    hint: `The rows are ${names.map((name) => `'${name}'`).join(', ')}.`,
  });
}
