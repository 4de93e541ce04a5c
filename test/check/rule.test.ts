import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchiveError, problemOf } from '#archive/problem.js';
import { createFacts } from '#check/facts.js';
import type { ArchiveReport, Draft } from '#check/finding.js';
import { defineRule } from '#check/rule.js';
import { unreadParts } from '#check/rules/archive/unread.js';
import { MarError } from '#errors/mar-error.js';
import { ScriptAnalyst } from '#handler/script-analyst.js';
import { validate } from '#index.js';
import { AllowList } from '#models/pickle/judge.js';
import { inFolder } from '../support/model-folder.js';
import { archiveOf } from './facts/archive-of.js';
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

/** A rule that has told something when it meets this error. */
const failing = (error: Error) =>
  defineRule({
    id: 'MAR999',
    name: 'failing',
    severity: 'error',
    summary: '',
    why: '',
    remedy: '',
    example: { failing: '', passing: '' },
    needs: [],
    *check(): Iterable<Draft> {
      yield { message: 'seen before' };
      throw error;
    },
  });

const noFacts = () =>
  createFacts(
    { path: 'a.mar', problems: [], archive: archiveOf({}) },
    {
      analyst: new ScriptAnalyst(),
      runner: undefined,
      allowed: new AllowList(),
      attest: undefined,
      signal: undefined,
    },
  );

test('content that a rule cannot read costs it nothing that it has told, and no target passes', async () => {
  const facts = noFacts();
  const rule = failing(new ArchiveError('a.mar', problemOf('ERR_ENTRY_SIZE', 'entry "x" holds less')));
  assert.equal(await rule.evaluate(facts), [{ message: 'seen before' }]);
  const message = 'content could not be read: entry "x" holds less';
  assert.equal(await unreadParts(facts, ['local', 'mms']), [{ message, targets: ['local', 'mms'] }]);
  assert.equal(await unreadParts(noFacts(), ['local']), []);
});

test('content that is too large for a rule is told by MAR138', async () => {
  const facts = noFacts();
  const rule = failing(new MarError('x is too large', { code: 'ERR_ENTRY_TOO_LARGE' }));
  assert.equal(await rule.evaluate(facts), [{ message: 'seen before' }]);
  assert.equal(await facts.get('unseen'), ['x is too large']);
});

test('an archive that changes under a rule, and a defect of it, are not held back', async () => {
  for (const error of [new ArchiveError('a.mar', problemOf('ERR_ARCHIVE_CHANGED', 'x')), new RangeError('x')])
    assert.is(
      await failing(error)
        .evaluate(noFacts())
        .catch((thrown: unknown) => thrown),
      error,
    );
});

test.run();
