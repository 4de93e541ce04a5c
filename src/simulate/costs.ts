import { costOf } from '#cost/cost.js';
import { ageWarnings, type Prices, priced } from '#cost/prices.js';
import { readPrices } from '#cost/read-files.js';
import { MarError } from '#errors/mar-error.js';
import type { SimulateOptions } from './options.js';
import type { Expected, SimulatedCosts } from './result.js';

/** Prices of a replica, where there are any, and what is to be borne in mind of them. */
export interface CostBasis {
  readonly costs?: (expected: Expected) => SimulatedCosts;
  readonly warnings: readonly string[];
}

/** Reads the prices. One that is missing, or old, is a warning. Throws `ERR_COST_FILE`, and `ERR_USAGE` where prices and what they are for do not come together. */
export async function readCosts({ priceFile, uses = [], now = new Date() }: SimulateOptions): Promise<CostBasis> {
  if (priceFile === undefined && uses.length === 0) return { warnings: [] };
  if (priceFile === undefined || uses.length === 0) {
    throw new MarError(
      priceFile === undefined ? 'There are no prices to work costs out with.' : 'It is not said what a replica rents.',
      {
        code: 'ERR_USAGE',
        hint: 'Give both: --price-file prices.json --uses m5.large (and --uses again for each further part).',
      },
    );
  }
  const prices = await readPrices(priceFile);
  try {
    const { hourly } = priced({ configuration: 'a replica', uses, throughput: 1 }, prices);
    return { costs: (expected) => costsOf(expected, hourly, uses, prices), warnings: ageWarnings(prices, now) };
  } catch (error) {
    if (error instanceof MarError && error.code === 'ERR_PRICE_MISSING')
      return { warnings: [`${error.message} So there is no cost.`] };
    throw error;
  }
}

function costsOf(
  { replicas, throughput }: Expected,
  hourlyOfOne: number,
  uses: readonly string[],
  { currency, date, source }: Prices,
): SimulatedCosts {
  const hourly = hourlyOfOne * replicas.value;
  return {
    ...{ currency, pricesOf: date, uses, hourlyOfOne, hourly },
    ...(source !== undefined && { pricesFrom: source }),
    cost: throughput.value > 0 ? costOf(hourly, throughput.value) : null,
  };
}
