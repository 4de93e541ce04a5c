import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findVerifications } from '#conventions/read-verification.js';
import { VERIFICATION_ENTRY, VERIFICATION_LIMIT, verificationBeside } from '#conventions/verification.js';
import { archiveOf } from '../check/facts/archive-of.js';
import { inFolder } from '../support/model-folder.js';

test(
  'the records inside and beside an archive are found, but for the one that will be replaced',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'x.mar');
    const archive = archiveOf({ [VERIFICATION_ENTRY]: '{}' });
    assert.equal(
      (await findVerifications(archive, file)).map(({ where }) => where),
      ['inside'],
    );
    writeFileSync(verificationBeside(file), 'no JSON');
    const found = await findVerifications(archive, file);
    assert.equal(
      found.map(({ where, name }) => [where, name]),
      [
        ['inside', VERIFICATION_ENTRY],
        ['beside', verificationBeside(file)],
      ],
    );
    assert.match(found[0]?.problem ?? '', /^is not a verification: /);
    assert.is(found[1]?.problem, 'is not JSON');
    for (const [leftOut, left] of [
      ['inside', 'beside'],
      ['beside', 'inside'],
    ] as const)
      assert.equal(
        (await findVerifications(archive, file, leftOut)).map(({ where }) => where),
        [left],
      );
  }),
);

test(
  'a record that is too large is a record with a problem, wherever it lies',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'x.mar');
    const large = Buffer.alloc(VERIFICATION_LIMIT + 1);
    writeFileSync(verificationBeside(file), large);
    const problem = 'has 1048577 bytes, where at most 1048576 are read';
    assert.equal(await findVerifications(archiveOf({ [VERIFICATION_ENTRY]: large }), file), [
      { where: 'inside', name: VERIFICATION_ENTRY, problem },
      { where: 'beside', name: verificationBeside(file), problem },
    ]);
  }),
);

test.run();
