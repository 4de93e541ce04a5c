import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { type Matrix, runMatrix } from './matrix.js';
import { cellText, HEADS } from './page.js';
import { PLACES, type Place } from './rows.js';
import { missingSagemaker } from './sagemaker.js';

const MISSING: Readonly<Record<Place, string | undefined>> = {
  ours: undefined,
  mms: missingPeer('mms'),
  torchserve: missingPeer('torchserve'),
  sagemaker: missingSagemaker,
  'load-all': missingSagemaker,
};

const test = suite('interop');
let matrix: Matrix;
test.before(async () => {
  matrix = await runMatrix({ fewContainers: true }, () => {});
});

for (const place of PLACES) {
  testUnless(
    MISSING[place],
    test,
    `${HEADS[place]}: like ours, or refused as a finding said, as the page has it`,
    () => {
      const page = readFileSync('docs/compatibility/interop.md', 'utf8').split('\n');
      const head = page.find((line) => line.startsWith('| archive |')) ?? '';
      const column = head.split(' | ').findIndex((cell) => cell.replace(/ \|$/, '') === HEADS[place]);
      assert.ok(matrix.rows.length >= 10, 'the rows were packed');
      assert.ok(matrix.rows.filter(({ outcomes }) => outcomes[place]).length >= 2, 'the column is there');
      for (const { row, outcomes } of matrix.rows) {
        const outcome = outcomes[place];
        if (outcome === undefined) continue;
        if (outcome?.kind === 'wrong') assert.unreachable(`${row.name}: ${outcome.faults.join('\n')}`);
        const line = page.find((one) => one.startsWith(`| ${row.name} |`)) ?? '';
        const told = line.replace(/ \|$/, '').split(' | ')[column];
        assert.is(told, cellText(outcome), `${row.name}: npm run test:interop writes the page anew`);
      }
    },
  );
}

test.run();
