import { ageWarnings, priced } from '#cost/prices.js';
import { readPrices } from '#cost/read-files.js';
import { MarError } from '#errors/mar-error.js';
import type { TuneOptions } from './options.js';

/** Prices for trials. */
export interface Costs {
  readonly currency: string;
  /** Of 100,000 requests at so many answers per second. */
  readonly of: (throughput: number) => number;
  /** The age of the prices. */
  readonly warnings: readonly string[];
}

/** Reads the prices before anything is measured; undefined where none are asked for. Throws `ERR_COST_FILE`, `ERR_PRICE_MISSING` and `ERR_USAGE`. */
export async function readCosts({ priceFile, uses = [] }: TuneOptions): Promise<Costs | undefined> {
  if (priceFile === undefined && uses.length === 0) return undefined;
  if (priceFile === undefined || uses.length === 0)
    throw new MarError(
      priceFile === undefined ? 'There are no prices to work costs out with.' : 'It is not said what is rented.',
      {
        code: 'ERR_USAGE',
        hint: 'Give both: --price-file prices.json --uses m5.large (and --uses again for each further part).',
      },
    );
  const prices = await readPrices(priceFile);
  const of = (throughput: number): number => priced({ configuration: uses.join(' + '), uses, throughput }, prices).cost;
  // What has no price is said now.
  of(1);
  return { currency: prices.currency, of, warnings: ageWarnings(prices, new Date()) };
}
