import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Archive } from '#archive/archive.js';
import { PackedReview } from '#check/facts/code.js';
import type { Loadable } from '#check/facts/integrity.js';
import { followLoadable, type LoadedEntry } from '#check/facts/loaded.js';
import { MarError } from '#errors/mar-error.js';
import { AllowList } from '#models/pickle/judge.js';
import { rejectsWith } from '../../support/rejects.js';
import { archiveOf } from './archive-of.js';

const ATTACK = '\x80\x02cposix\nsystem\nU\x02id\x85R.';
const NET = '\x80\x02cnets\nNet\n)\x81.';
const FILES = { 'a.pkl': Buffer.from(ATTACK, 'latin1'), 'b.pkl': Buffer.from(NET, 'latin1') };

const follow = (
  archive: Archive,
  entries: readonly Loadable[],
  allowed = new AllowList(),
  signal?: AbortSignal,
): Promise<LoadedEntry[]> => followLoadable(archive, entries, allowed, new PackedReview(), signal);

test('each entry is followed, from the bytes at hand or from the archive, and its uses are judged', async () => {
  const archive = archiveOf(FILES);
  const [a, b] = archive.entries;
  if (a === undefined || b === undefined) throw new Error('two entries');
  const told = async (texts: readonly string[]): Promise<unknown[]> =>
    (await follow(archive, [{ entry: a }, { entry: b, content: FILES['b.pkl'] }], new AllowList(texts))).map(
      ({ entry, file, dangerous, unlisted }) => [
        entry.path,
        file.pickles,
        dangerous.map(({ module, name }) => `${module}.${name}`),
        unlisted.map(({ module, name }) => `${module}.${name}`),
      ],
    );
  assert.equal(await told([]), [
    ['a.pkl', 1, ['posix.system'], []],
    ['b.pkl', 1, [], ['nets.Net']],
  ]);
  assert.equal(await told(['nets.*']), [
    ['a.pkl', 1, ['posix.system'], []],
    ['b.pkl', 1, [], []],
  ]);
  assert.equal(await follow(archive, []), []);
  const other = { entry: b, content: FILES['a.pkl'] };
  const [found] = await follow(archive, [other]);
  assert.is(found?.dangerous.length, 1, 'what is at hand is not read again');
});

test('source of the archive does not make its names harmless: whoever reads it cannot be sure what they stand for', async () => {
  // Python reads the name with the wide letter as Net; the class stands in a text.
  const source = '"""\nfrom enum import Enum\nclass Net(Enum):\n    A = 1\n"""\nfrom os import system as N\uff45t\n';
  const model = JSON.stringify({ class_name: 'Scale', module: 'nets', config: {} });
  const archive = archiveOf({ 'nets.py': source, 'a.pkl': "cnets\nNet\n(S'id'\ntR.", 'model.json': model });
  const entries = archive.entries.filter(({ path }) => path !== 'nets.py').map((entry) => ({ entry }));
  const found = await follow(archive, entries);
  assert.equal(
    found.map(({ unlisted, file }) => [unlisted.length, file.codes.length]),
    [
      [1, 0],
      [0, 1],
    ],
  );
});

test('an interruption stops before the next entry', async () => {
  const archive = archiveOf(FILES);
  const controller = new AbortController();
  controller.abort(new MarError('stopped', { code: 'ERR_INTERRUPTED' }));
  const entries = archive.entries.map((entry) => ({ entry }));
  await rejectsWith('ERR_INTERRUPTED', () => follow(archive, entries, new AllowList(), controller.signal));
});

test.run();
