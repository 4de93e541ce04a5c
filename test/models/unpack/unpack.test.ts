import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentOf } from '#models/content/bytes.js';
import { followFile } from '#models/content/follow.js';
import { nameOf } from '#models/pickle/uses.js';
import { unpackBzip2 } from '#models/unpack/bzip2.js';
import { unpackLzma, unpackXz } from '#models/unpack/xz.js';
import { testUnless } from '../../support/test-unless.js';

const PYTHON_MISSING = spawnSync('python3', ['--version']).status === 0 ? undefined : 'there is no python3';

/** What an expression of Python makes of bytes, which it sees as `d`. */
const python = (expression: string, input: Buffer): Buffer => {
  const code = `import sys, bz2, lzma, io, zipfile\nd = sys.stdin.buffer.read()\nsys.stdout.buffer.write(${expression})`;
  const { stdout, status, stderr } = spawnSync('python3', ['-c', code], { input, maxBuffer: 64 * 1024 * 1024 });
  assert.is(status, 0, stderr.toString());
  return stdout;
};
const all = (parts: Iterable<Buffer>): Buffer => Buffer.concat([...parts]);

/** Numbers without order that are the same in each run. */
const noise = (length: number): Buffer => {
  let state = 1;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state >> 16;
  };
  return Buffer.from(Uint8Array.from({ length }, next));
};
const SAMPLES: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'a few bytes': Buffer.from('hello hello hello'),
  'more zeros than a block holds': Buffer.alloc(1_200_000),
  noise: noise(60_000),
  text: Buffer.from(Array.from({ length: 30_000 }, (_, index) => `line ${(index * 7919) % 1000} `).join('')),
  'runs around the lengths that are counted': Buffer.from(
    [3, 4, 5, 258, 259, 260, 263, 600].map((length, index) => String.fromCharCode(97 + index).repeat(length)).join(''),
  ),
};
const PACKINGS = [
  ['bz2.compress(d)', unpackBzip2],
  ['bz2.compress(d, 1)', unpackBzip2],
  ['lzma.compress(d)', unpackXz],
  ['lzma.compress(d, check=lzma.CHECK_SHA256, preset=0)', unpackXz],
  ['lzma.compress(d, filters=[{"id": lzma.FILTER_LZMA2, "lc": 1, "lp": 2, "pb": 1, "dict_size": 8192}])', unpackXz],
  ['lzma.compress(d, lzma.FORMAT_ALONE)', unpackLzma],
] as const;

for (const [packing, unpack] of PACKINGS)
  testUnless(PYTHON_MISSING, test, `what Python packs comes out again: ${packing}`, () => {
    for (const [what, data] of Object.entries(SAMPLES))
      assert.ok(all(unpack(python(packing, data))).equals(data), what);
  });

testUnless(PYTHON_MISSING, test, 'streams one after the other', () => {
  const data = Buffer.from('first');
  assert.is(all(unpackBzip2(python('bz2.compress(d) + bz2.compress(b" second")', data))).toString(), 'first second');
  assert.is(
    all(unpackXz(python('lzma.compress(d) + bytes(4) + lzma.compress(b" second")', data))).toString(),
    'first second',
  );
});

testUnless(PYTHON_MISSING, test, 'damage is an error of its own, wherever it is, and never an endless loop', () => {
  for (const [packing, unpack] of PACKINGS) {
    const packed = python(packing, SAMPLES['text'] ?? Buffer.alloc(0));
    for (let step = 1; step < 10; step++) {
      const damaged = Buffer.from(packed);
      const at = Math.floor((packed.length * step) / 10);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      for (const bytes of [damaged, packed.subarray(0, at)])
        try {
          assert.ok(all(unpack(bytes)).length < 64 * 1024 * 1024);
        } catch (error) {
          assert.instance(error, RangeError);
        }
    }
  }
});

testUnless(PYTHON_MISSING, test, 'an attack in them is found, in entries of a zip too', async () => {
  const attack = Buffer.from('\x80\x02cposix\nsystem\nU\x02id\x85R.', 'latin1');
  const zip = (method: string) =>
    `(lambda f: (lambda z: (z.writestr("a.pkl", d), z.close()))(zipfile.ZipFile(f, "w", zipfile.ZIP_${method})) and f.getvalue())(io.BytesIO())`;
  for (const packing of [
    'bz2.compress(d)',
    'lzma.compress(d)',
    'lzma.compress(d, lzma.FORMAT_ALONE)',
    zip('BZIP2'),
    zip('LZMA'),
  ]) {
    const { uses, unproven } = await followFile(contentOf(python(packing, attack)), 'model.pkl');
    assert.equal(uses.map(nameOf), ['posix.system'], packing);
    assert.equal(unproven, [], packing);
  }
});

test.run();
