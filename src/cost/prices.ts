import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import { costOf, type Measured, type Priced } from './cost.js';

/** Prices of one day, as a file of schemas/prices.schema.json has them. */
export interface Prices {
  /** The day on which they held: YYYY-MM-DD. */
  readonly date: string;
  /** Three letters. */
  readonly currency: string;
  readonly source?: string;
  readonly region?: string;
  /** Price per hour by name. */
  readonly hourly: Readonly<Record<string, number>>;
}

const DAY = 24 * 3600 * 1000;
const YEAR = 365;

/** What to bear in mind about prices of that day, on the day `now`: that they are more than a year old, or not in force yet. */
export function ageWarnings({ date }: Prices, now: Date): string[] {
  const days = Math.floor((now.getTime() - Date.parse(`${date}T00:00:00Z`)) / DAY);
  if (days > YEAR) {
    const years = Math.floor(days / YEAR);
    return [
      `The prices are of ${date}, ${years === 1 ? 'more than a year' : `${years} years`} ago: costs and their ratios may be others today.`,
    ];
  }
  return days < 0 ? [`The prices are dated ${date}, which is in the future.`] : [];
}

/** A measured configuration with its price. Throws `ERR_PRICE_MISSING` where something it uses has none. */
export function priced(row: Measured, { hourly }: Prices): Priced {
  const price = row.uses.reduce((sum, name) => sum + priceOf(name, row, hourly), 0);
  return { ...row, hourly: price, cost: costOf(price, row.throughput) };
}

function priceOf(name: string, { configuration }: Measured, hourly: Prices['hourly']): number {
  const price = Object.hasOwn(hourly, name) ? hourly[name] : undefined;
  if (price !== undefined) return price;
  throw new MarError(
    `The prices have none for '${name}', which '${configuration}' uses${didYouMean(name, Object.keys(hourly))}.`,
    { code: 'ERR_PRICE_MISSING' },
  );
}
