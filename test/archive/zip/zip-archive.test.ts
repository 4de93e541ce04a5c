import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive, scanArchive } from '#archive/open.js';
import type { ArchiveProblem } from '#archive/problem.js';
import { extraField, type ForgedEnd, type ForgedEntry, forgeZip } from '../../hostile/forge-zip.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const LINK = 0o120777;
const A: ForgedEntry = { name: 'a', data: 'text' };

/** What reading a forged zip reports. */
function reported(entries: readonly ForgedEntry[], end: ForgedEnd = {}): Promise<readonly ArchiveProblem[]> {
  return new Promise((resolve, reject) => {
    inFolder({ 'x.mar': forgeZip(entries, end) }, async ({ path }) => {
      const { archive, problems } = await scanArchive(join(path, 'x.mar'));
      await archive?.close();
      resolve(problems);
    })().catch(reject);
  });
}

const codes = async (entries: readonly ForgedEntry[], end: ForgedEnd = {}): Promise<string[]> =>
  (await reported(entries, end)).map(({ code }) => code);

test('a symbolic link whose target is longer than any path, or is not what it says, cannot be read', async () => {
  const found = await reported([{ name: 'l', data: 'x'.repeat(4097), mode: LINK }]);
  const problem = found.find(({ code }) => code === 'ERR_ENTRY_LINK_OUT');
  assert.is(problem?.entry, 'l');
  assert.match(problem?.message ?? '', /a link whose target cannot be read/);
  assert.ok((await codes([{ name: 'l', data: 'a', mode: LINK, both: { crc32: 7 } }])).includes('ERR_ENTRY_LINK_OUT'));
  assert.ok(!(await codes([A, { name: 'l', data: 'a', mode: LINK }])).includes('ERR_ENTRY_LINK_OUT'));
});

test('extra fields may be padded with zeros, three at most, and with nothing else', async () => {
  const padded = (padding: string) =>
    codes([
      { ...A, both: { extra: Buffer.concat([extraField(0x5455, Buffer.alloc(5)), Buffer.from(padding, 'hex')]) } },
    ]);
  for (const fine of ['', '00', '0000', '000000']) assert.equal(await padded(fine), [], fine);
  for (const wrong of ['01', '0001', '000100']) assert.is((await padded(wrong)).length > 0, true, wrong);
});

test('an end record of a split zip is told whichever of its numbers says so', async () => {
  for (const end of [{ disk: 1 }, { count: 2 }]) assert.ok((await codes([A], end)).length > 0, JSON.stringify(end));
  assert.equal(await codes([A]), []);
});

test('the folder that holds everything is no entry, whether the names begin with it or not', async () => {
  const top = { name: './', data: '' };
  const inner = { name: './b.txt', data: 'b' };
  assert.equal(await codes([top, A]), []);
  assert.equal(await codes([top, inner]), []);
  assert.equal(await codes([inner]), []);
  // Before some of the names only it is a second spelling of them.
  assert.equal(await codes([top, A, inner]), ['ERR_ENTRY_PATH']);
  assert.equal(await codes([{ name: './', data: 'x' }, A]), ['ERR_ENTRY_NAME']);
});

test('what lies where it should not is told with its size', async () => {
  const [hidden] = await reported([A], { afterDirectory: Buffer.alloc(7) });
  assert.equal([hidden?.code, hidden?.found], ['ERR_ARCHIVE_HIDDEN_DATA', '7 bytes']);
  const [before] = await reported([A], { prefix: Buffer.alloc(9), adjusted: false });
  assert.equal([before?.code, before?.found], ['ERR_ARCHIVE_PREFIX', '9 bytes']);
  const [behind] = await reported([A], { suffix: Buffer.alloc(5) });
  assert.equal([behind?.code, behind?.found], ['ERR_ARCHIVE_TRAILING', '5 bytes']);
});

test(
  'a closed archive holds no descriptor, opened, refused or read',
  inFolder({ 'x.mar': forgeZip([A]), 'bad.mar': forgeZip([A], { disk: 1 }), 'm/a': 'text' }, async ({ path }) => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    for (const name of ['x.mar', 'm']) {
      const archive = await openArchive(join(path, name));
      for await (const { content } of archive.walk()) for await (const _ of content);
      await archive.close();
    }
    await rejectsWith('ERR_ARCHIVE_SPLIT', () => openArchive(join(path, 'bad.mar')));
    assert.is(descriptors(), before);
  }),
);

test.run();
