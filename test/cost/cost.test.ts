import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { costOf, ratioOf } from '#cost/cost.js';
import { type CostTable, costOfFile, costTable } from '#cost/cost-table.js';
import type { Prices } from '#cost/prices.js';
import type { ErrorCode } from '#errors/codes.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';

const example = fileURLToPath(new URL('../../examples/resnet-152-eia/', import.meta.url));
const table = join(example, 'table-1.json');
const THEN = new Date('2019-06-01T00:00:00Z');

/** Table 1 of the post: the published cost of 100,000 requests. */
const PUBLISHED = {
  'm5.large, throughput': '0.59',
  'm5.large, latency': '0.65',
  'm5.large + eia1.medium': '0.33',
  'c5.xlarge, throughput': '0.47',
  'c5.xlarge, latency': '0.64',
  'p3.2xlarge': '2.05',
};

test("the post's prices and Table 1 give its six costs to the cent", async () => {
  const { rows } = await costOfFile(table, { now: THEN });
  assert.equal(Object.fromEntries(rows.map(({ configuration, cost }) => [configuration, cents(cost)])), PUBLISHED);
});

/** 0.4746 and 0.5926 as 0.47 and 0.59. */
const cents = (cost: number): string => cost.toFixed(2);

/** What the post's text says of the accelerator beside a configuration, and the digits it gives. */
const accelerator = 'm5.large + eia1.medium';
type Quantity = 'throughput' | 'latency' | 'cost';
const AGREES: readonly (readonly [beside: string, of: Quantity, make: (ratio: number) => string, text: string])[] = [
  ['p3.2xlarge', 'throughput', (ratio) => `${percent(ratio)} as fast`, '46 % as fast'],
  ['p3.2xlarge', 'cost', (ratio) => `${percent(1 - ratio)} cheaper`, '84 % cheaper'],
  ['c5.xlarge, throughput', 'cost', (ratio) => `${tens(1 - ratio)} more cost efficient`, '30 % more cost efficient'],
  ['c5.xlarge, throughput', 'throughput', (ratio) => `${ratio.toFixed(1)}×`, '1.9×'],
  ['m5.large, throughput', 'throughput', (ratio) => `${ratio.toFixed(1)}×`, '4.2×'],
  ['m5.large, throughput', 'cost', (ratio) => `${fives(1 - ratio)} better cost`, '45 % better cost'],
  ['p3.2xlarge', 'latency', (ratio) => `${ratio.toFixed(1)}×`, '2.3×'],
];
/** … and where its text is not what its own table yields: the text's figure, and the table's. */
const DISAGREES: typeof AGREES = [
  ['c5.xlarge, latency', 'cost', (ratio) => `${percent(1 - ratio)}, not 43 %`, '49 %, not 43 %'],
  ['c5.xlarge, latency', 'latency', (ratio) => `${(1 / ratio).toFixed(1)}×, not 2.4×`, '2.6×, not 2.4×'],
  ['m5.large, latency', 'cost', (ratio) => `${percent(1 - ratio)}, not 44 %`, '50 %, not 44 %'],
  ['m5.large, latency', 'latency', (ratio) => `${(1 / ratio).toFixed(1)}×, not 4.4×`, '4.7×, not 4.4×'],
  ['p3.2xlarge', 'cost', (ratio) => `${(1 / ratio).toFixed(1)}×, not 5.6×`, '6.2×, not 5.6×'],
];
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
/** Rounded to tens, and to fives, as the text does. */
const tens = (share: number): string => `${Math.round(10 * share) * 10} %`;
const fives = (share: number): string => `${Math.round(20 * share) * 5} %`;

test("the ratios of the post's text that follow from its table", async () => {
  for (const [beside, of, make, text] of AGREES) {
    const ratio = (await besides(beside))[of];
    assert.is(make(ratio ?? Number.NaN), text, `${of} beside ${beside}`);
  }
});

test("the ratios of the post's text that do not follow from its table", async () => {
  for (const [beside, of, make, text] of DISAGREES) {
    const ratio = (await besides(beside))[of];
    assert.is(make(ratio ?? Number.NaN), text, `${of} beside ${beside}`);
  }
});

/** The accelerator's row divided by another one. */
async function besides(against: string) {
  const { ratios } = await costOfFile(table, { against, now: THEN });
  const found = ratios.find(({ configuration }) => configuration === accelerator);
  assert.ok(found);
  return found;
}

test('a cost is the hourly price over the requests of an hour, a ratio one row over the other', () => {
  assert.is(costOf(3.6, 1), 100);
  const row = { configuration: 'a', uses: ['x'], throughput: 4, hourly: 1, cost: 6 };
  assert.equal(ratioOf(row, { ...row, configuration: 'b', throughput: 8, cost: 2, latencyMs: 5 }), {
    configuration: 'a',
    against: 'b',
    throughput: 0.5,
    cost: 3,
  });
});

const PRICES: Prices = { date: '2026-01-01', currency: 'EUR', hourly: { small: 1, large: 2 } };
const ROW = { configuration: 'one', uses: ['small', 'small'], throughput: 1 };

test('what is used twice is paid twice', () => {
  assert.is(costTable([ROW], PRICES).rows[0]?.hourly, 2);
});

test('prices are warned of after a year and before their day, not in between', () => {
  const warnings = (now: string) => costTable([ROW], PRICES, { now: new Date(now) }).warnings;
  assert.equal(warnings('2026-01-01T00:00:00Z'), []);
  assert.equal(warnings('2027-01-01T00:00:00Z'), []);
  assert.match(warnings('2027-01-02T00:00:00Z')[0] ?? '', 'of 2026-01-01, more than a year ago');
  assert.match(warnings('2030-01-02T00:00:00Z')[0] ?? '', 'of 2026-01-01, 4 years ago');
  assert.match(warnings('2025-12-31T00:00:00Z')[0] ?? '', 'in the future');
});

/** A changed file, the code, and what the message or its details say. */
const WRONG: readonly (readonly [rows: unknown, prices: unknown, code: ErrorCode, says: RegExp])[] = [
  [{ rows: [ROW] }, PRICES, 'ERR_PRICE_MISSING', /names no prices/],
  [{ prices: 'gone.json', rows: [ROW] }, PRICES, 'ERR_COST_FILE', /gone\.json cannot be read: it does not exist/],
  [{ prices: 'p.json', rows: [{ ...ROW, uses: ['smal'] }] }, PRICES, 'ERR_PRICE_MISSING', /'smal'.*'one'.*'small'/],
  [{ prices: 'p.json', rows: [{ ...ROW, uses: ['__proto__'] }] }, PRICES, 'ERR_PRICE_MISSING', /__proto__/],
  [
    { prices: 'p.json', rows: [{ ...ROW, throughput: 0 }] },
    PRICES,
    'ERR_COST_FILE',
    /\/rows\/0\/throughput must be > 0/,
  ],
  [{ prices: 'p.json', rows: [{ ...ROW, uses: [] }] }, PRICES, 'ERR_COST_FILE', /\/rows\/0\/uses/],
  [{ prices: 'p.json', rows: [] }, PRICES, 'ERR_COST_FILE', /\/rows/],
  [{ prices: 'p.json', rows: [ROW, ROW] }, PRICES, 'ERR_COST_FILE', /two rows that are called 'one'/],
  [{ prices: 'p.json', rows: [{ ...ROW, latency: 3 }] }, PRICES, 'ERR_COST_FILE', /latency is not known.*latencyMs/],
  [
    { prices: 'p.json', rows: [ROW] },
    { ...PRICES, hourly: { small: -1 } },
    'ERR_COST_FILE',
    /\/hourly\/small must be > 0/,
  ],
  [{ prices: 'p.json', rows: [ROW] }, { ...PRICES, hourly: {} }, 'ERR_COST_FILE', /\/hourly/],
  [
    { prices: 'p.json', rows: [ROW] },
    { ...PRICES, date: '2026-02-30' },
    'ERR_COST_FILE',
    /2026-02-30, which is not a day/,
  ],
  [{ prices: 'p.json', rows: [ROW] }, { currency: 'EUR', hourly: { small: 1 } }, 'ERR_COST_FILE', /lacks 'date'/],
  ['{', PRICES, 'ERR_COST_FILE', /rows\.json is not JSON/],
];

test(
  'wrong files are refused, with the field',
  inFolder({}, async ({ path }) => {
    for (const [rows, prices, code, says] of WRONG) {
      writeFileSync(join(path, 'rows.json'), rows === '{' ? '{' : JSON.stringify(rows));
      writeFileSync(join(path, 'p.json'), JSON.stringify(prices));
      const error = await rejectsWith(code, () => costOfFile(join(path, 'rows.json')));
      assert.match(`${error.message}\n${error.detail ?? ''}`, says);
    }
  }),
);

test('mar cost prints the table, its ratios, where the figures come from, and warns of old prices', async () => {
  const { code, stdout, stderr } = await runMar(['cost', table, '--against', accelerator]);
  assert.is(code, 0);
  assert.match(stdout, /^m5\.large, throughput +2 +1 +4\.50 +444 +0\.096 +0\.59$/m);
  assert.match(stdout, /^p3\.2xlarge +1 +– +41\.42 +23 +3\.06 +2\.05$/m);
  assert.match(stdout, /^p3\.2xlarge +2\.17× +0\.44× +6\.24×$/m);
  assert.match(stdout, /^Prices of 2019-03-06, us-east-1: .*not today's prices$/m);
  assert.match(stdout, /^Throughput and latency: Table 1 .*not measured here$/m);
  assert.match(stderr, /^warning: The prices are of 2019-03-06, \d years ago/);
});

test('the same as Markdown, CSV and JSON', async () => {
  const markdown = (await runMar(['cost', table, '--format', 'markdown', '--against', accelerator])).stdout;
  assert.match(markdown, /^\| m5\.large \+ eia1\.medium \| 1 \| 1 \| 19\.08 \| 52 \| 0\.226 \| 0\.33 \|$/m);
  assert.match(markdown, /^\|---\|---:\|---:\|---:\|---:\|---:\|---:\|$/m);
  const csv = (await runMar(['cost', table, '--format', 'csv'])).stdout.trimEnd().split('\n');
  assert.is(csv.length, 7);
  assert.match(csv[1] ?? '', /^"m5\.large, throughput",2,1,4\.5,444,0\.096,0\.59259/);
  const json: CostTable = JSON.parse((await runMar(['cost', table, '--json'])).stdout);
  assert.is(json.rows.length, 6);
  assert.equal(json.ratios, []);
  assert.is(json.warnings.length, 1);
});

test('other prices, and a row that is not there', async () => {
  const other = join(example, 'prices-2019.json');
  assert.is((await runMar(['cost', table, '--prices', other])).code, 0);
  const { code, stderr } = await runMar(['cost', table, '--against', 'p3.2xlarg']);
  assert.is(code, 2);
  assert.match(stderr, /No row is called 'p3\.2xlarg' \(did you mean 'p3\.2xlarge'\?\)/);
});

test('the files of the example say where their figures come from', () => {
  for (const name of ['table-1.json', 'prices-2019.json'])
    assert.match(JSON.parse(readFileSync(join(example, name), 'utf8')).source, /AWS blog post .* of 2019-03-06; not /);
});

test.run();
