import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readParams } from '#models/mxnet/params.js';
import { bufferReader } from '../onnx/encode-onnx.js';
import { encodeParams } from './encode-params.js';

const ARRAYS = [
  { name: 'arg:w', dims: [8, 3, 3, 3] },
  { name: 'aux:mean', dims: [8], type: 2 },
  { name: 'arg:ids', dims: [2, 2], type: 6 },
];
const READ = [
  { name: 'w', type: 'float32', dims: [8, 3, 3, 3], bytes: 864 },
  { name: 'mean', type: 'float16', dims: [8], bytes: 16 },
  { name: 'ids', type: 'int64', dims: [2, 2], bytes: 32 },
];

for (const form of [0, 1, 2, 3] as const) {
  test(`arrays of form ${form}, without reading what they hold`, async () => {
    const reader = bufferReader(encodeParams(ARRAYS, form));
    assert.equal(await readParams(reader), READ);
    assert.ok(reader.handedOut() < reader.size - 800);
  });
}

test('arrays without names are numbered', async () => {
  const named = encodeParams([{ name: 'x', dims: [2] }]);
  const bare = Buffer.from(named.subarray(0, named.length - 9));
  bare.writeBigInt64LE(0n, bare.length - 8);
  assert.equal(await readParams(bufferReader(bare)), [{ name: '0', type: 'float32', dims: [2], bytes: 8 }]);
});

const good = encodeParams([{ name: 'x', dims: [2] }]);
/** The good file with four bytes replaced. */
const spoilt = (at: number, value: number): Buffer => {
  const copy = Buffer.from(good);
  copy.writeInt32LE(value | 0, at);
  return copy;
};

const BROKEN: readonly (readonly [content: Buffer, fault: RegExp])[] = [
  [Buffer.alloc(0), /begin like a list/],
  [Buffer.alloc(64), /begin like a list/],
  [good.subarray(0, 30), /ends in the middle/],
  [good.subarray(0, good.length - 1), /ends in the middle/],
  [spoilt(16, 2_000_000), /claims 2000000 arrays/],
  [spoilt(20, -1), /claims -\d+ arrays/],
  [spoilt(28, 1), /sparse/],
  [spoilt(32, 100), /100 axes/],
  [spoilt(32, -1), /-1 axes/],
  [spoilt(36, 1000), /4000 bytes, more than the file holds/],
  [spoilt(52, 99), /unknown type 99/],
  [spoilt(64, 7), /1 arrays and 7 names/],
  [spoilt(72, 5000), /claims 5000 bytes of a name/],
];

test('broken files are told, and never trusted', async () => {
  for (const [content, fault] of BROKEN) {
    const found = await readParams(bufferReader(content));
    assert.ok('fault' in found, String(fault));
    assert.match(found.fault, fault);
  }
});

test.run();
