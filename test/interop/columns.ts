import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { type Matrix, runMatrix, type Wanted } from './matrix.js';
import { cellText, HEADS } from './page.js';
import type { Place } from './rows.js';
import { missingSagemaker } from './sagemaker.js';

const MISSING: Readonly<Record<Place, string | undefined>> = {
  ours: undefined,
  mms: missingPeer('mms'),
  torchserve: missingPeer('torchserve'),
  sagemaker: missingSagemaker,
  'load-all': missingSagemaker,
};

/** Runs these columns, and holds each cell to the page: like ours, or refused as a finding said. */
export function testColumns(places: readonly Place[], rows?: Wanted['rows']): void {
  const test = suite('interop');
  const page = readFileSync('docs/compatibility/interop.md', 'utf8').split('\n');
  const cellsOf = (line: string | undefined): string[] => (line ?? '').replace(/ \|$/, '').split(' | ');
  const head = cellsOf(page.find((line) => line.startsWith('| archive |')));
  let matrix: Matrix;
  test.before(async () => {
    matrix = await runMatrix({ places, ...(rows && { rows }) }, () => {});
  });
  for (const place of places) {
    testUnless(MISSING[place], test, HEADS[place], () => {
      const cells = matrix.rows.filter(({ outcomes }) => outcomes[place] !== undefined);
      assert.ok(cells.length >= 2, 'the rows were packed');
      for (const { row, outcomes } of cells) {
        const outcome = outcomes[place];
        if (outcome?.kind === 'wrong') assert.unreachable(`${row.name}: ${outcome.faults.join('\n')}`);
        const told = cellsOf(page.find((line) => line.startsWith(`| ${row.name} |`)))[head.indexOf(HEADS[place])];
        assert.is(told, cellText(outcome), `${row.name}: npm run test:interop writes the page anew`);
      }
    });
  }
  test.run();
}
