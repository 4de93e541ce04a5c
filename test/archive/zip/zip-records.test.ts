import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { centralHeader, dosTime, endRecords, localHeader, type ZipRecord } from '#archive/zip/zip-records.js';

const RECORD: ZipRecord = {
  name: Buffer.from('é.txt'),
  method: 8,
  crc32: 0x01020304,
  size: 1000,
  compressedSize: 500,
  offset: 70,
  mode: 0o755,
  time: dosTime(Date.UTC(2026, 10, 25, 20, 47, 9) / 1000),
  zip64: false,
};
const G4 = 2 ** 32;

const hex = (bytes: Buffer): string => bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ');

test('a time is that of MS-DOS in UTC, in steps of two seconds, held between 1980 and 2107', () => {
  assert.is(RECORD.time, ((((2026 - 1980) << 9) | (11 << 5) | 25) << 16) | (20 << 11) | (47 << 5) | 4);
  assert.is(dosTime(0), ((1 << 5) | 1) << 16);
  assert.is(
    dosTime(Number.MAX_SAFE_INTEGER / 1000),
    ((((127 << 9) | (12 << 5) | 31) << 16) | (23 << 11) | (59 << 5) | 29) >>> 0,
  );
});

test('the headers of an entry, byte for byte', () => {
  const time = 'e4 a5 79 5d';
  assert.is(
    hex(localHeader(RECORD)),
    `50 4b 03 04 14 00 00 08 08 00 ${time} 04 03 02 01 f4 01 00 00 e8 03 00 00 06 00 00 00 c3 a9 2e 74 78 74`,
  );
  assert.is(
    hex(centralHeader(RECORD)),
    `50 4b 01 02 2d 03 14 00 00 08 08 00 ${time} 04 03 02 01 f4 01 00 00 e8 03 00 00 06 00 00 00 00 00 00 00 00 00 00 00 ed 81 46 00 00 00 c3 a9 2e 74 78 74`,
  );
});

test('with 64 bits the local header has both sizes in its extra field', () => {
  const header = localHeader({ ...RECORD, zip64: true, size: G4 + 1, compressedSize: G4 });
  assert.is(header.length, 30 + 6 + 20);
  assert.equal([header.readUInt16LE(4), header.readUInt16LE(28)], [45, 20]);
  assert.equal([header.readUInt32LE(18), header.readUInt32LE(22)], [0xffffffff, 0xffffffff]);
  assert.is(hex(header.subarray(36)), '01 00 10 00 01 00 00 00 01 00 00 00 00 00 00 00 01 00 00 00');
});

test('the central header has those fields in its extra field that overflow, and no others', () => {
  for (const [over, extra] of [
    [{ size: G4 }, '01 00 08 00 00 00 00 00 01 00 00 00'],
    [{ size: G4, compressedSize: G4 + 2 }, '01 00 10 00 00 00 00 00 01 00 00 00 02 00 00 00 01 00 00 00'],
    [{ offset: G4 + 3 }, '01 00 08 00 03 00 00 00 01 00 00 00'],
    [{ size: 0xffffffff }, '01 00 08 00 ff ff ff ff 00 00 00 00'],
    [{ size: 0xfffffffe }, ''],
  ] as const) {
    const header = centralHeader({ ...RECORD, ...over });
    assert.is(hex(header.subarray(52)), extra);
    assert.equal([header.readUInt16LE(30), header.readUInt16LE(6)], [header.length - 52, extra === '' ? 20 : 45]);
  }
  const large = centralHeader({ ...RECORD, size: G4, compressedSize: G4, offset: G4 });
  assert.equal(
    [20, 24, 42].map((at) => large.readUInt32LE(at)),
    [0xffffffff, 0xffffffff, 0xffffffff],
  );
  assert.is(centralHeader({ ...RECORD, zip64: true }).readUInt16LE(6), 45);
});

test('the end names the directory, and with 64 bits from the first field that overflows', () => {
  assert.is(hex(endRecords(2, 300, 94)), '50 4b 05 06 00 00 00 00 02 00 02 00 5e 00 00 00 2c 01 00 00 00 00');
  assert.is(endRecords(0xfffe, 0xfffffffe, 0xfffffffe).length, 22);
  for (const [entries, start, size] of [
    [0xffff, 1, 1],
    [1, 0xffffffff, 1],
    [1, 1, 0xffffffff],
  ] as const) {
    const bytes = endRecords(entries, start, size);
    assert.is(bytes.length, 56 + 20 + 22);
    assert.equal([bytes.readUInt32LE(0), bytes.readBigUInt64LE(4), bytes.readUInt16LE(14)], [0x06064b50, 44n, 45]);
    assert.equal(
      [24, 32, 40, 48].map((at) => Number(bytes.readBigUInt64LE(at))),
      [entries, entries, size, start],
    );
    assert.equal(
      [bytes.readUInt32LE(56), Number(bytes.readBigUInt64LE(64)), bytes.readUInt32LE(72)],
      [0x07064b50, start + size, 1],
    );
    const end = bytes.subarray(76);
    assert.equal(
      [end.readUInt16LE(8), end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)],
      [Math.min(entries, 0xffff), Math.min(entries, 0xffff), size, start],
    );
  }
});

test.run();
