/** Reads a pickle that is made to be large and prints what came of it: `node padded.ts KIND`. Run with little heap. */
import { readPickles } from '#models/pickle/read-pickles.js';

/** What is repeated behind the beginning. */
const PADDING: Readonly<Record<string, string>> = {
  'nested tuples': '\x85',
  'objects on the stack': 'cbuiltins\ncomplex\nK\x01\x85R',
  'objects in the memo': 'cbuiltins\ncomplex\nK\x01\x85R\x94a',
  'dictionaries on the stack': '}\x94(\x8c\x01aK\x01u',
  'texts in the memo': `\x8c\xfa${'a'.repeat(250)}\x94a`,
};
const BYTES = 10 * 2 ** 30;

const padding = Buffer.from(PADDING[process.argv[2] ?? ''] ?? '', 'latin1');
const block = Buffer.alloc(padding.length * 4096, padding);
let left = BYTES;
const next = (length: number): Buffer => {
  const size = Math.min(length, left, block.length);
  left -= size;
  return block.subarray(0, size - (size % padding.length));
};
let isBegun = false;
const file = await readPickles({
  async read(length) {
    if (isBegun) return next(length);
    isBegun = true;
    return Buffer.from('\x80\x04](', 'latin1');
  },
  async skip(length) {
    left -= length;
  },
});
process.stdout.write(JSON.stringify({ isStopped: file.isStopped, unproven: file.unproven, read: BYTES - left }));
