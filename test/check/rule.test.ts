import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveReport } from '#check/finding.js';
import { validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { scriptFiles, zip } from './sample-archives.js';

/** An archive whose manifest records this many files that are not there. */
const withMissing = (count: number): Buffer => {
  const gone = Array.from({ length: count }, (_, index) => [`gone-${index}.txt`, { size: 1, sha256: '0'.repeat(64) }]);
  return zip(scriptFiles({}, { entries: Object.fromEntries(gone) }));
};

const MORE = 'there are more than 500 findings of this rule: these are the first';

const messages = ({ findings }: ArchiveReport): string[] =>
  findings.filter(({ rule }) => rule === 'MAR132').map(({ message }) => message);

test(
  'a rule tells 500 findings and says when there are more',
  inFolder({}, async ({ path }) => {
    const counts = [499, 500, 501, 900];
    for (const count of counts) writeFileSync(join(path, `${count}.mar`), withMissing(count));
    const { archives } = await validate(
      counts.map((count) => `${count}.mar`),
      { cwd: path, target: ['local'] },
    );
    const [below, exact, ...above] = archives.map(messages);
    assert.equal([below?.length, exact?.length], [499, 500]);
    assert.is(exact?.at(-1), 'gone-499.txt is recorded in the manifest and not in the archive');
    for (const told of above) {
      assert.is(told.length, 501);
      assert.is(told.at(-2), 'gone-499.txt is recorded in the manifest and not in the archive');
      assert.is(told.at(-1), MORE);
    }
  }),
);

test(
  'an ignore of the entries that are told leaves the sentence about the others, and the archive fails',
  inFolder({}, async ({ path }) => {
    writeFileSync(join(path, 'a.mar'), withMissing(501));
    const ignore = ['MAR132:gone-*'];
    const { archives, passed } = await validate(['a.mar'], { cwd: path, target: ['local'], ignore });
    const [report] = archives;
    assert.ok(report);
    assert.equal([messages(report), report.ignored, passed], [[MORE], 500, false]);
    assert.is(report.findings.find(({ message }) => message === MORE)?.at, undefined);
  }),
);

test.run();
