import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scanArchive } from '#archive/open.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { missingCommand } from '../../support/commands.js';
import { testUnless } from '../../support/test-unless.js';
import { differing, type Read, readByInfoZip, readByJava, readByPython, type Sound, soundOnes } from './compare.js';

const SEED = Number(process.env['MAR_TEST_DIFFERENTIAL_SEED'] ?? 1);
const COUNT = Number(process.env['MAR_TEST_DIFFERENTIAL_COUNT'] ?? 2000);
/** Archives that Info-ZIP is asked about. */
const ASKED = 100;

const root = mkdtempSync(join(tmpdir(), 'mar-differential-'));
const sound = await soundOnes(root, SEED, COUNT);
test.after(() => rmSync(root, { recursive: true, force: true }));

/** Fails with the archives that another reader understands differently. */
function same(theirs: Read, ours: Sound = sound): void {
  assert.equal(differing(ours, theirs), [], `seed ${SEED}`);
}

test('some mutations leave an archive sound, most do not', () => {
  assert.ok(sound.size > COUNT / 200, `${sound.size} of ${COUNT} are sound to us`);
  assert.ok(sound.size < COUNT / 2, `${sound.size} of ${COUNT} are sound to us`);
});

testUnless(missingCommand('python3'), test, "what is sound to us is the same to Python's zipfile", async () => {
  same(await readByPython(root));
});

testUnless(
  missingCommand('java'),
  test,
  "what is sound to us is the same to Java's reader of streams and to its reader of files",
  async () => {
    const { stream, file } = await readByJava(root);
    same(stream);
    same(file);
  },
);

testUnless(missingCommand('unzip'), test, 'what is sound to us is the same to Info-ZIP', async () => {
  const asked = new Map([...sound].slice(0, ASKED));
  same(await readByInfoZip(root, asked.keys()), asked);
});

test('an entry for a reader of another system, which Info-ZIP does not unpack without asking, is reported', async () => {
  const bytes = forgeZip([{ name: 'a', data: 'a' }]);
  // The upper byte of the version that a reader needs: 2 is VMS.
  bytes.writeUInt8(2, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 7);
  const path = join(root, 'vms.mar');
  writeFileSync(path, bytes);
  const { archive, problems } = await scanArchive(path);
  await archive?.close();
  assert.equal(
    problems.map(({ code, found }) => `${code} ${found}`),
    ['ERR_ENTRY_METHOD version 2 of system 2'],
  );
});

test.run();
