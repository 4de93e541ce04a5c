import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchiveError, type ProblemCode, problemOf } from '#archive/problem.js';
import { FactStore, type Providers } from '#check/fact-store.js';
import { MarError } from '#errors/mar-error.js';

const none = async () => undefined;
const NOTHING: Providers = {
  source: none,
  archive: none,
  integrity: none,
  readable: none,
  found: none,
  manifestText: none,
  manifest: none,
  reference: none,
  python: none,
  script: none,
  handlerFaults: none,
  entryPoint: none,
  requirements: none,
  requirementLists: none,
  review: none,
  packages: none,
  models: none,
  loaded: none,
  labels: none,
  serving: none,
  service: none,
  device: none,
  golden: none,
  verifications: async () => undefined,
  unseen: none,
  run: none,
};
const asking = (name: string) => ({ names: new Set([name]), missing: [], refused: [], declared: true });
const failing = (code: ProblemCode) =>
  new FactStore({ ...NOTHING, golden: () => Promise.reject(new ArchiveError('a.mar', problemOf(code, 'x'))) });

test('a fact is worked out once, however many ask for it at the same time', async () => {
  let calls = 0;
  const store = new FactStore({ ...NOTHING, requirements: async () => asking(String(++calls)) });
  await Promise.all([store.get('requirements'), store.pick(['requirements']), store.pick(['requirements', 'golden'])]);
  assert.is(calls, 1);
});

test('pick has all or nothing', async () => {
  const store = new FactStore({ ...NOTHING, requirements: async () => asking('a') });
  assert.is(await store.pick(['requirements', 'golden']), undefined);
  assert.equal(await store.pick(['requirements']), { requirements: asking('a') });
});

test('damaged content is a missing fact, because the integrity rules report it; what was said of it is kept', async () => {
  const store = failing('ERR_ENTRY_CRC');
  assert.is(await store.get('golden'), undefined);
  assert.equal(store.unread, ['x']);
});

test('content over a limit is a missing fact that is named', async () => {
  for (const code of ['ERR_ENTRY_TOO_LARGE', 'ERR_SCRIPT_ANALYSIS'] as const) {
    const tooLarge = () => Promise.reject(new MarError('a is too large', { code }));
    const store = new FactStore({ ...NOTHING, golden: tooLarge });
    assert.is(await store.get('golden'), undefined);
    assert.equal(await store.unseen(), ['a is too large']);
  }
});

test('an archive that changes while it is read stops the check', async () => {
  const error = await failing('ERR_ARCHIVE_CHANGED')
    .get('golden')
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  assert.ok(error instanceof ArchiveError && error.code === 'ERR_ARCHIVE_CHANGED');
});

test.run();
