import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MarError, messageOf, reasonOf } from '#errors/mar-error.js';
import { holdToSchema, listProblems } from '#schema.js';
import type { Measured } from './cost.js';
import type { Prices } from './prices.js';

/** Configurations of one file, as schemas/cost.schema.json has them. */
export interface Measurements {
  readonly source?: string;
  /** Absolute path of the prices that the file names. */
  readonly prices?: string;
  readonly rows: readonly Measured[];
}

/** The measured configurations of a file. Throws `ERR_COST_FILE`. */
export async function readMeasurements(path: string): Promise<Measurements> {
  const { prices, ...found } = await readChecked<Measurements>(path, 'cost');
  const names = found.rows.map(({ configuration }) => configuration);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw refusal(path, `has two rows that are called '${twice}'`, 'Give each row a name of its own.');
  return { ...found, ...(prices !== undefined && { prices: resolve(dirname(path), prices) }) };
}

/** The prices of a file. Throws `ERR_COST_FILE`. */
export async function readPrices(path: string): Promise<Prices> {
  const prices = await readChecked<Prices>(path, 'prices');
  const day = new Date(`${prices.date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== prices.date)
    throw refusal(path, `is dated ${prices.date}, which is not a day`, 'Write the day as YYYY-MM-DD.');
  return prices;
}

async function readChecked<T>(path: string, schema: 'cost' | 'prices'): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const hint = 'Check its path and its permissions.';
    throw new MarError(`${path} cannot be read: ${reasonOf(cause)}.`, { code: 'ERR_COST_FILE', hint, cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MarError(`${path} is not JSON: ${messageOf(cause)}.`, { code: 'ERR_COST_FILE', cause });
  }
  return holdToSchema<T>(
    schema,
    value,
    (problems) =>
      new MarError(`${path} is not ${schema === 'cost' ? 'a file of measurements' : 'a file of prices'}.`, {
        code: 'ERR_COST_FILE',
        hint: `schemas/${schema}.schema.json describes the file.`,
        detail: listProblems(problems),
      }),
  );
}

function refusal(path: string, fault: string, hint: string): MarError {
  return new MarError(`${path} ${fault}.`, { code: 'ERR_COST_FILE', hint });
}
