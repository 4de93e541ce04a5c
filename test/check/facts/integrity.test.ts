import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchiveError, type ProblemCode, problemOf } from '#archive/problem.js';
import { checkIntegrity } from '#check/facts/integrity.js';
import { MarError } from '#errors/mar-error.js';
import type { JsonObject } from '#json-object.js';
import { rejectsWith } from '../../support/rejects.js';
import { archiveOf, type Chunks } from './archive-of.js';

const KIB = 1024;
const PICKLE = Buffer.from('\x80\x02K\x01.', 'latin1');
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

const check = (files: Chunks, archiver: JsonObject = {}, whole = false) =>
  checkIntegrity(archiveOf(files), archiver, 'MAR-INF/MANIFEST.json', whole);

/** Which entries may be loaded, and how many of their bytes were kept. */
async function loadable(files: Chunks): Promise<unknown[]> {
  const found = await check(files);
  return found.loadable.map(({ entry, content }) => [entry.path, content?.length]);
}

test('digests that the manifest records are held against the content; entries that it lacks, or has in vain, are told', async () => {
  const files = {
    'MAR-INF/MANIFEST.json': '{}',
    a: ['on', 'e'],
    b: 'two',
    c: 'new',
    'MAR-INF/verification.json': '{}',
  };
  const entries = { a: { sha256: sha256('one') }, b: { sha256: sha256('2') }, gone: { sha256: '0' }, c: { size: 1 } };
  const { digests, problems, content } = await check(files, { entries });
  assert.equal(digests, [
    { entry: 'b', kind: 'changed', found: sha256('two'), expected: sha256('2') },
    { entry: 'gone', kind: 'missing' },
  ]);
  assert.equal([problems, content], [[], undefined]);
  const { digests: unlisted } = await check(files, { entries: { a: entries.a } });
  assert.equal(unlisted, [
    { entry: 'b', kind: 'unlisted' },
    { entry: 'c', kind: 'unlisted' },
  ]);
  assert.equal((await check(files)).digests, [], 'a manifest that records nothing asks for nothing');
});

test('an entry that cannot be read is a problem, neither changed nor missing, and the content has no digest as a whole', async () => {
  const problem = (code: ProblemCode): ArchiveError => new ArchiveError('x.mar', problemOf(code, 'no', { entry: 'b' }));
  const spoil =
    (error: Error) =>
    (path: string): void => {
      if (path === 'b') throw error;
    };
  const files = { a: 'one', b: 'two' };
  const recorded = { entries: { a: { sha256: sha256('one') }, b: { sha256: 'x' } } };
  const broken = archiveOf(files, spoil(problem('ERR_ENTRY_CRC')));
  const { problems, digests, content } = await checkIntegrity(broken, recorded, undefined, true);
  assert.equal(
    problems.map(({ code, entry }) => [code, entry]),
    [['ERR_ENTRY_CRC', 'b']],
  );
  assert.equal([digests, content], [[], undefined]);
  for (const error of [problem('ERR_ARCHIVE_CHANGED'), new TypeError('a fault')]) {
    const failure = await checkIntegrity(archiveOf(files, spoil(error)), {}, undefined, false).catch((one) => one);
    assert.is(failure, error);
  }
});

test('the digest of all content is there where it is asked for', async () => {
  const { content } = await check({ a: 'one', b: ['t', 'wo'] }, {}, true);
  assert.is(content?.entries, 2);
  assert.is(content?.sha256, (await check({ a: 'one', b: 'two' }, {}, true)).content?.sha256);
  assert.is.not(content?.sha256, (await check({ a: 'one', b: 'twO' }, {}, true)).content?.sha256);
});

test('an interruption stops between chunks', async () => {
  const controller = new AbortController();
  controller.abort(new MarError('stopped', { code: 'ERR_INTERRUPTED' }));
  await rejectsWith('ERR_INTERRUPTED', () =>
    checkIntegrity(archiveOf({ a: 'one' }), {}, undefined, false, controller.signal),
  );
});

test('what a loader may run is known by its name, its first bytes, or the end of a zip; texts only where they may carry code', async () => {
  const zipEnd = Buffer.from('PK\x05\x06', 'latin1');
  assert.equal(
    await loadable({
      'weights.bin': 'text',
      noname: PICKLE,
      'sfx.exe': ['front', Buffer.concat([Buffer.from('x'), zipEnd])],
      'readme.md': 'text',
      'plain.yaml': 'a: 1\n',
      'code.yaml': '!!python/object/apply:os.system ["id"]\n',
      'pieces.yaml': ['a: ', '1\n'],
      'MAR-INF/x.bin': 'text',
      'MAR-INF/hidden': PICKLE,
      empty: '',
      'late.rst': ['text', PICKLE],
    }),
    [
      ['weights.bin', 4],
      ['noname', PICKLE.length],
      ['sfx.exe', undefined],
      ['code.yaml', 39],
      ['pieces.yaml', undefined],
      ['MAR-INF/hidden', PICKLE.length],
    ],
  );
  const split = [PICKLE.subarray(0, 1), PICKLE.subarray(1)];
  assert.equal(await loadable({ split }), [['split', undefined]], 'first bytes that come in pieces');
});

test('small content is kept, 16 KiB of an entry and 16 MiB in all', async () => {
  const bin = Buffer.alloc(16 * KIB, 'x');
  assert.equal(await loadable({ 'a.bin': bin, 'b.bin': Buffer.concat([bin, Buffer.from('x')]) }), [
    ['a.bin', 16 * KIB],
    ['b.bin', undefined],
  ]);
  const many = Object.fromEntries(Array.from({ length: 1026 }, (_, index) => [`${index}.bin`, bin]));
  const kept = await loadable({ 'one.bin': 'x', ...many, 'last.bin': 'x' });
  assert.equal(kept.slice(1021), [
    ['1020.bin', 16 * KIB],
    ['1021.bin', 16 * KIB],
    ['1022.bin', 16 * KIB],
    ['1023.bin', undefined],
    ['1024.bin', undefined],
    ['1025.bin', undefined],
    ['last.bin', 1],
  ]);
});

test('credentials are told with their lines, in files of up to a mebibyte', async () => {
  const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';
  const { secrets } = await check({
    'a.txt': ['x\n', key],
    '.env': 'A=1',
    'large.txt': `${key}${'x'.repeat(1024 * KIB)}`,
  });
  assert.equal(secrets.map(({ path, line }) => [path, line]).sort(), [
    ['.env', undefined],
    ['a.txt', 2],
  ]);
});

test.run();
