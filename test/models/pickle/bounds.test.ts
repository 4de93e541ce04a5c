import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { readPickles } from '#models/pickle/read-pickles.js';
import { nameOf } from '#models/pickle/uses.js';

const SCRIPT = fileURLToPath(new URL('padded.ts', import.meta.url));
/** Of the heap, the loader of TypeScript included, in mebibytes. */
const HEAP = 96;
const KINDS = [
  'nested tuples',
  'objects on the stack',
  'objects in the memo',
  'dictionaries on the stack',
  'texts in the memo',
];

for (const kind of KINDS)
  test(`10 GB of ${kind} are given up, with bounded memory, and that is an error`, () => {
    const flags = [`--max-old-space-size=${HEAP}`, '--import', import.meta.resolve('tsx'), '--conditions=mar-source'];
    const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, SCRIPT, kind], { encoding: 'utf8' });
    assert.is(status, 0, stderr.slice(-500));
    const { isStopped, unproven, read } = JSON.parse(stdout);
    assert.is(isStopped, true);
    assert.is(unproven.length, 1);
    assert.ok(read < 2 ** 30, `${read} bytes were read`);
  });

const read = async (text: string) => readPickles(await contentOf(Buffer.from(text, 'latin1')).open());

test('a pickle that refers to itself ends, and what it calls is seen', async () => {
  const list = '\x80\x04]\x94h\x00ah\x00h\x00e0';
  const dictionary = '}\x94(\x8c\x01ah\x01u0';
  const { uses, pickles } = await read(`${list}${dictionary}cposix\nsystem\n(h\x00h\x01tR.`);
  assert.equal([uses.map(nameOf), pickles], [['posix.system'], 1]);
});

test('behind a vocabulary that is larger than what is kept, names of modules are known from the memo', async () => {
  const words = Array.from({ length: 150_000 }, (_, at) => `\x8c\x40${String(at).padStart(64, 'w')}\x94K\x01`).join('');
  const first = '\x8c\x13numpy._core.numeric\x94\x8c\x05array\x94\x93\x94';
  // The memo's next numbers: the dictionary and the words came before.
  const index = Buffer.alloc(4);
  index.writeUInt32LE(150_001);
  const again = `j${index.toString('latin1')}\x8c\x07ndarray\x94\x93\x94`;
  const { uses, fault } = await read(`\x80\x04}\x94(${words}u${first}${again}.`);
  assert.equal([uses.map(nameOf), fault], [['numpy._core.numeric.array', 'numpy._core.numeric.ndarray'], undefined]);
});

test.run();
