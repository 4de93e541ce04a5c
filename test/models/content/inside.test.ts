import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { followFile } from '#models/content/follow.js';
import { nameOf } from '#models/pickle/uses.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const MAGIC = latin('\x89HDF\r\n\x1a\n');
/** As PyTables writes an attribute, and an entry of an array of objects. */
const ATTRIBUTE = latin('cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.');
const OBJECT = latin(
  '\x80\x05\x95\x1d\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.',
);

const found = (...parts: readonly Buffer[]): Promise<string[]> => foundIn('model.h5', MAGIC, ...parts);

async function foundIn(name: string, ...parts: readonly Buffer[]): Promise<string[]> {
  const { uses, codes, unproven } = await followFile(contentOf(Buffer.concat(parts)), name);
  assert.equal(unproven, []);
  return [...uses.map((use) => `${use.how} ${nameOf(use)} in ${use.where}`), ...codes.map(({ message }) => message)];
}

test('a pickle in an attribute and one in an array of objects are found, wherever they lie', async () => {
  const zeros = (length: number): Buffer => Buffer.alloc(length);
  // Around the places where what is looked at at once ends, and is looked at again.
  for (const pickle of [ATTRIBUTE, OBJECT])
    for (const before of [8, 900_000, 917_000, 1_048_500, 1_048_550, 1_048_576, 3_000_000]) {
      const [one, ...others] = await found(zeros(before), pickle, zeros(500_000));
      assert.is(one, `called posix.system in the pickle at byte ${before + 8}`);
      assert.equal(others, []);
    }
});

test('HDF5 may begin behind a block of its user', async () => {
  for (const [before, name] of [
    [512, 'model.h5'],
    [2048, 'weights.bin'],
    [8192, 'model.h5'],
  ] as const)
    assert.equal(await foundIn(name, Buffer.alloc(before), MAGIC, OBJECT), [
      `called posix.system in the pickle at byte ${before + 8}`,
    ]);
});

test('what is not on the list is told, what pandas keeps is not, and numbers and texts are no pickles', async () => {
  assert.equal(await found(Buffer.alloc(8), latin('\x80\x04\x8c\x04nets\x94\x8c\x03Net\x94\x93\x94)\x81\x94.')), [
    'made nets.Net in the pickle at byte 16',
  ]);
  const date = latin('\x80\x05\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xe4\x01\x01\x94\x85\x94R\x94.');
  assert.equal(await found(Buffer.alloc(8), date), ['called datetime.date in the pickle at byte 16']);
  assert.equal(await found(latin('\x00(lp0\nVblock_0\np1\naVcol_1\np2\na.\x00')), []);
  let state = 1;
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state >> 16;
  };
  const noise = Buffer.from(Uint8Array.from({ length: 2_000_000 }, next));
  assert.equal(await found(noise), []);
});

test('what shelve keeps is found: in a database, and behind other pickles with gaps', async () => {
  const first = latin('\x80\x04K\x01.');
  assert.equal(await foundIn('shelf', latin('SQLite format 3\0'), Buffer.alloc(500), OBJECT), [
    'called posix.system in the pickle at byte 516',
  ]);
  assert.equal(await foundIn('shelf.db', latin('\xcf\x9a\x57\x13'), Buffer.alloc(60), OBJECT), [
    'called posix.system in the pickle at byte 64',
  ]);
  assert.equal(await foundIn('shelf.dat', first, Buffer.alloc(512 - first.length), OBJECT), [
    'called posix.system in the pickle at byte 512',
  ]);
});

test.run();
