import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Content, contentOf, readFully } from '#models/content/bytes.js';
import { followFile } from '#models/content/follow.js';
import { contentUnpacked, type FilePacking } from '#models/content/packed.js';
import { nameOf } from '#models/pickle/uses.js';
import { createZstd } from '#models/unpack/zstd.js';
import { testUnless } from '../../support/test-unless.js';

const ZSTD_MISSING = createZstd ? undefined : 'this Node has no Zstandard';

/** Packed by Python's lz4 and zstandard. */
const TEXT = Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index % 50} `).join(''));
const PACKED = {
  'blocks that refer to those before, with checksums':
    'BCJNGFxAYGECAAAAAACa0QEAAHFsaW5lIDAgBwASMQcAEjIHABIzBwASNAcAEjUHABI2BwASNwcAEjgHABM5PwAERwATMQgAEzIIABMzCAATNA' +
    'gAEzUIABM2CAATNwgAEzgIABM5iAATMAgABJgAEzIIABMzCAATNAgAEzUIABM2CAATNwgAEzgIABM50QATMAgAEzEIAATpABMzCAATNAgAEzUI' +
    'ABM2CAATNwgAEzgIABM5GgETMAgAEzEIABMyCAAEOgETNAgAEzUIABM2CAATNwgAEzgIAC85IIYB//////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////YVAgMSBsaeALePQKAQAAD4YB' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '///////////+hQIGxpbmVrkFK6awAAAA+GAf//////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////+pUGUgNDkgDSsY2AAAAACv3DBw',
  'blocks that stand alone':
    'BCJNGHxAYGECAAAAAABr0QEAAHFsaW5lIDAgBwASMQcAEjIHABIzBwASNAcAEjUHABI2BwASNwcAEjgHABM5PwAERwATMQgAEzIIABMzCAATNA' +
    'gAEzUIABM2CAATNwgAEzgIABM5iAATMAgABJgAEzIIABMzCAATNAgAEzUIABM2CAATNwgAEzgIABM50QATMAgAEzEIAATpABMzCAATNAgAEzUI' +
    'ABM2CAATNwgAEzgIABM5GgETMAgAEzEIABMyCAAEOgETNAgAEzUIABM2CAATNwgAEzgIAC85IIYB//////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////YVAgMSBsaeALePTTAQAAsm5l' +
    'IDIgbGluZSAzBwASNAcAEjUHABI2BwASNwcAEjgHABI5BwAjMTAIABMxCAATMggAEzMIABM0CAATNQgAEzYIABM3CAATOAgAA1AAIzIwCAATMQ' +
    'gAEzIIABMzCAATNAgAEzUIABM2CAATNwgAEzgIABM50QATMAgAEzEIAATpABMzCAATNAgAEzUIABM2CAATNwgAEzgIABM5GgETMAgAEzEIABMy' +
    'CAAEOgETNAgAEzUIABM2CAATNwgAEzgIAANQAAQ/AQK2AA+GAf////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '///////////////////////////////////////////////////////////15QIGxpbmXLdxy9MgEAAJIgNCBsaW5lIDUHABI2BwASNwcAEjgH' +
    'ABI5BwAjMTAIABMxCAATMggAEzMIABM0CAATNQgAEzYIABM3CAATOAgAA1AAIzIwCAATMQgAEzIIABMzCAATNAgAEzUIABM2CAATNwgAEzgIAA' +
    'NQACMzMAgAEzEIABMyCAATMwgAEzQIABM1CAATNggAEzcIABM4CAADUAAjNDAIABMxCAATMggAEzMIABM0CAATNQgAEzYIABM3CAATOAgAA1AA' +
    'BD8BA7YAA20AAiQAD4YB//////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////IVBlIDQ5IEQ1Z30AAAAAr9wwcA==',
  legacy:
    'AiFMGLcBAABxbGluZSAwIAcAEjEHABIyBwASMwcAEjQHABI1BwASNgcAEjcHABI4BwASOQcAFDFHAANIABMxSQATMUoAEzFLABMxTAATMU0AEz' +
    'FOABMxTwATMVAAEzJQABMyUAATMlAAEzJQABMyUAATMlAAEzJQABMyUAATMlAAEzJQABMzUAATM1AAEzNQABMzUAATM1AAEzNQABMzUAATM1AA' +
    'EzNQABMzUAATNFAAEzRQABM0UAATNFAAEzRQABM0UAATNFAAEzRQABM0UAATNFAAA08AA04AA00ABEwAAqIBA0oAA0kAA0gAA0cAA0YAD4YB//' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '//////////////////////////////////////////////////////////////////////////////////////////////////////////////' +
    '////////////////////////////////////8pUDEwIGxp',
  zstd:
    'KLUv/aBgYQIAdAQAdANsaW5lIDAgMTIzNDU2Nzg5MTExMTExMTExMjIyMjIyMjIyMjMzMzMzMzMzMzM0NDQ0NDQ0NDQ0NCCQk9LFa/6JGTpw5x' +
    'gn7jjmpDvHnHTnWCfuHOvEXcecuOuYk+4cc9KdY524cyxOptxJdyzKCXR3T445d9LkjrnjJWfKx7AYN9gh4wY7ZFwcpgttAUUAAAggAQBc4Q6E',
};
const packed = (name: keyof typeof PACKED): Buffer => Buffer.from(PACKED[name], 'base64');

async function all(content: Content): Promise<Buffer> {
  const source = await content.open();
  try {
    return await readFully(source, 64 * 1024 * 1024);
  } finally {
    await source.close();
  }
}
const unpackedOf = (bytes: Buffer, packing: FilePacking): Content => {
  const content = contentUnpacked(contentOf(bytes), packing, bytes);
  assert.ok(content);
  return content;
};
const lz4 = (bytes: Buffer): Promise<Buffer> => all(unpackedOf(bytes, 'lz4'));

test('LZ4 comes out again: linked blocks, single ones, the legacy format, frames one after the other', async () => {
  const linked = packed('blocks that refer to those before, with checksums');
  assert.ok((await lz4(linked)).equals(TEXT));
  assert.ok((await lz4(packed('blocks that stand alone'))).equals(TEXT));
  assert.ok((await lz4(packed('legacy'))).equals(TEXT.subarray(0, 50_000)));
  const passedOver = Buffer.from('\x53\x2a\x4d\x18\x03\x00\x00\x00abc', 'latin1');
  assert.ok((await lz4(Buffer.concat([linked, passedOver, linked]))).equals(Buffer.concat([TEXT, TEXT])));
});

test('damage is said, wherever it is: never an endless loop, and never more than a block can hold', async () => {
  for (const name of ['blocks that refer to those before, with checksums', 'legacy'] as const) {
    const bytes = packed(name);
    for (let at = 4; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      for (const one of [damaged, bytes.subarray(0, at)])
        try {
          assert.ok((await lz4(one)).length <= 8 * 1024 * 1024);
        } catch (error) {
          assert.match(String(error), /it cannot be unpacked: (a block of LZ4|LZ4 data|the |what follows)/);
        }
    }
  }
});

test('an attack in LZ4 is found', async () => {
  const attack = Buffer.from('BCJNGGhAFwAAAAAAAAAyFwAAgIACY3Bvc2l4CnN5c3RlbQpVAmlkhVIuAAAAAA==', 'base64');
  const { uses, unproven } = await followFile(contentOf(attack), 'model.joblib');
  assert.equal(uses.map(nameOf), ['posix.system']);
  const skipped = Buffer.from('\x53\x2a\x4d\x18\x03\x00\x00\x00abc', 'latin1');
  const behind = await followFile(contentOf(Buffer.concat([skipped, skipped, attack])), 'weights');
  assert.equal(behind.uses.map(nameOf), ['posix.system'], 'behind frames that are to be skipped');
  const far = Buffer.concat([Buffer.from('\x53\x2a\x4d\x18\x00\x20\x00\x00', 'latin1'), Buffer.alloc(8192), attack]);
  const { unproven: given } = await followFile(contentOf(far), 'weights');
  assert.equal(
    given.map(({ isStopped }) => isStopped),
    [true],
  );
  assert.equal(unproven, []);
  const cut = await followFile(contentOf(attack.subarray(0, 30)), 'model.joblib');
  assert.equal(
    cut.unproven.map(({ why }) => why),
    ['it cannot be unpacked: LZ4 data is cut off'],
  );
});

const ZSTD_ATTACK = Buffer.from('KLUv/SAXuQAAgAJjcG9zaXgKc3lzdGVtClUCaWSFUi4=', 'base64');
const refusal = async (bytes: Buffer): Promise<readonly string[]> =>
  (await followFile(contentOf(bytes), 'model.pkl')).unproven.map(({ why }) => why);

testUnless(
  ZSTD_MISSING,
  test,
  'Zstandard comes out again, an attack in it is found, and more than one frame is said',
  async () => {
    assert.ok((await all(unpackedOf(packed('zstd'), 'zstd'))).equals(TEXT));
    assert.equal((await followFile(contentOf(ZSTD_ATTACK), 'model.pkl')).uses.map(nameOf), ['posix.system']);
    assert.match((await refusal(ZSTD_ATTACK.subarray(0, 20))).join(), /^it cannot be unpacked/);
    assert.equal(await refusal(Buffer.concat([ZSTD_ATTACK, ZSTD_ATTACK])), [
      'more follows the first frame of its zstd, which is not unpacked here',
    ]);
  },
);

testUnless(
  createZstd && 'this Node has Zstandard',
  test,
  'without Zstandard it is said which Node has it',
  async () => {
    assert.match((await refusal(ZSTD_ATTACK)).join(), /^it is compressed with zstd, which Node unpacks from 22\.15 on/);
  },
);

test.run();
