import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingPeer } from '../support/peers.js';
import { testUnless } from '../support/test-unless.js';
import { compareVerdicts, DISAGREEMENTS } from './compare-verdicts.js';
import { LOADABLE } from './loadable-archives.js';

test('there are at least 40 archives, good and broken', () => {
  const names = Object.keys(LOADABLE);
  assert.ok(names.length >= 40, String(names.length));
  assert.ok(names.filter((name) => !name.startsWith('bad-')).length >= 20);
});

test('docs/validation.md lists every disagreement, and no other', () => {
  const page = readFileSync(new URL('../../docs/validation.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([\w-]+)` +\| (mms|torchserve) /gm)].map(
    ([, name, peer]) => `${peer} ${name}`,
  );
  const known = Object.entries(DISAGREEMENTS).flatMap(([peer, names]) =>
    Object.keys(names).map((name) => `${peer} ${name}`),
  );
  assert.equal(listed.sort(), known.sort());
});

testUnless(missingPeer('mms'), test, 'our verdict is that of the real mms, disagreements apart', () =>
  compareVerdicts('mms'),
);

test.run();
