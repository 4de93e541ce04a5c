import { join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench } from '#index.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';
import { withServer } from './with-server.js';

const EXAMPLE = resolve('examples/resnet-152-eia');
const TABLE = join(EXAMPLE, 'table-1.json');
const PRICES = join(EXAMPLE, 'prices-2019.json');
const NOWHERE = 'http://127.0.0.1:9/predictions/m';
const HELLO = [{ bytes: Buffer.from('hello'), contentType: 'text/plain' }];

test('the measured row stands beneath those of the table, with its cost from price and throughput', () =>
  withServer(
    (_, response) => response.end('ok'),
    async (url) => {
      const options = { inputs: HELLO, duration: 0.2, warmUp: 0, rounds: 2 };
      const result = await bench(url, { ...options, table: TABLE, uses: ['m5.large', 'eia1.medium'] });
      const rows = result.costs?.rows ?? [];
      const [own] = rows.slice(-1);
      assert.ok(own);
      assert.is(own.configuration, 'm5.large + eia1.medium, this run');
      assert.is(own.configuration, result.costs?.measured);
      assert.is(own.throughput, result.figures.throughput.value);
      assert.is(own.hourly.toFixed(3), '0.226');
      assert.ok(Math.abs(own.cost - (0.226 / (own.throughput * 3600)) * 100_000) < 1e-9);
      // The post's own rows keep their costs.
      assert.equal(
        rows.slice(0, -1).map(({ cost }) => cost.toFixed(2)),
        ['0.59', '0.65', '0.33', '0.47', '0.64', '2.05'],
      );
      assert.ok(result.warnings.some((text) => text.includes('The prices are of 2019')));
    },
  ));

test('mar bench --table prints the table with the row that was measured, and says which that is', () =>
  withServer(
    (_, response) => response.end('ok'),
    async (url) => {
      const short = ['-d', 'x', '--duration', '0.2', '--warm-up', '0', '--rounds', '1'];
      const run = await runMar(['bench', url, ...short, '--table', TABLE, '--uses', 'm5.large']);
      assert.is(run.code, 0, run.stderr);
      assert.match(
        run.stdout,
        /\nconfiguration .*\nm5\.large, throughput [\s\S]*\nm5\.large, this run .*\n\nPrices of 2019/,
      );
      assert.match(run.stdout, "Only 'm5.large, this run' was measured by this run");
    },
  ));

test('what is missing for costs is said before anything is measured', async () => {
  const { message } = await rejectsWith('ERR_USAGE', () => bench(NOWHERE, { inputs: HELLO, priceFile: PRICES }));
  assert.match(message, /what is rented/);
  await rejectsWith('ERR_USAGE', () => bench(NOWHERE, { inputs: HELLO, uses: ['m5.large'] }));
  const unpriced = { inputs: HELLO, priceFile: PRICES, uses: ['m5.large', 'm7.large'] };
  await rejectsWith('ERR_PRICE_MISSING', () => bench(NOWHERE, unpriced));
  await rejectsWith('ERR_COST_FILE', () => bench(NOWHERE, { ...unpriced, priceFile: join(EXAMPLE, 'absent.json') }));
});

test.run();
