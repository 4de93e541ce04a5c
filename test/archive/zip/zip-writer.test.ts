import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { centralHeader, dosTime, endRecords, localHeader, type ZipRecord } from '#archive/zip/zip-records.js';
import { pack } from '#index.js';
import { missingCommand } from '../../support/commands.js';
import { inFolder } from '../../support/model-folder.js';
import { testUnless } from '../../support/test-unless.js';

const RECORD: ZipRecord = {
  name: Buffer.from('é.bin'),
  method: 0,
  crc32: 0xdeadbeef,
  size: 5,
  compressedSize: 5,
  offset: 7,
  mode: 0o755,
  time: dosTime(0),
  zip64: false,
};

const FILES = {
  'm/service.py': 'def handle(d, c):\n    return d\n',
  'm/text.txt': 'so much text\n'.repeat(100_000),
  'm/weights.onnx': Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * index * 31) % 251)),
  'm/déjà vu ☃/empty': '',
};

test('times are MS-DOS times in UTC, held to what the format can say', () => {
  assert.is(dosTime(0), dosTime(Date.UTC(1980, 0, 1) / 1000));
  assert.is(
    dosTime(Date.UTC(2024, 1, 29, 13, 14, 16) / 1000),
    (((44 << 9) | (2 << 5) | 29) << 16) | (13 << 11) | (14 << 5) | 8,
  );
  assert.is(dosTime(1e12), dosTime(Date.UTC(2107, 11, 31, 23, 59, 58) / 1000));
});

test('no header announces a data descriptor, every name is UTF-8', () => {
  for (const header of [localHeader(RECORD), localHeader({ ...RECORD, zip64: true })])
    assert.is(header.readUInt16LE(6), 0x0800);
  assert.is(centralHeader(RECORD).readUInt16LE(8), 0x0800);
  assert.is(centralHeader(RECORD).readUInt32LE(38) >>> 16, 0o100755);
});

test('only what overflows goes into the zip64 extra field', () => {
  const header = centralHeader({ ...RECORD, offset: 0x1_0000_0001 });
  assert.is(header.readUInt32LE(42), 0xffffffff);
  assert.is(header.readUInt32LE(24), 5);
  assert.is(header.readUInt16LE(46 + RECORD.name.length + 2), 8);
  assert.is(header.readBigUInt64LE(46 + RECORD.name.length + 4), 0x1_0000_0001n);
  assert.is(endRecords(65_534, 10, 10).length, 22);
  assert.is(endRecords(65_535, 10, 10).length, 98);
});

test(
  'weights and what does not shrink are stored, text is deflated, and the policy can be set',
  inFolder(FILES, async ({ path }) => {
    const methods = async (options: object): Promise<Record<string, string>> => {
      const { entries } = await pack({
        modelName: 'x',
        modelPath: 'm',
        handler: 'service:handle',
        cwd: path,
        force: true,
        ...options,
      });
      return Object.fromEntries(entries.map((entry) => [entry.path, entry.compression]));
    };
    const auto = await methods({});
    assert.is(auto['weights.onnx'], 'store');
    assert.is(auto['text.txt'], 'deflate');
    assert.is(auto['service.py'], 'deflate');
    assert.ok(Object.values(await methods({ compression: 'store' })).every((method) => method === 'store'));
    assert.ok(Object.values(await methods({ compression: 'deflate' })).every((method) => method === 'deflate'));
    assert.ok(Object.values(await methods({ archiveFormat: 'zip-store' })).every((method) => method === 'store'));
  }),
);

test(
  'what would unpack to more than any careful reader accepts is stored',
  inFolder(
    { 'm/service.py': 'def handle(d, c):\n    return d\n', 'm/zeros.dat': Buffer.alloc(40 << 20) },
    async ({ path }) => {
      const archive = await openArchive(await packed(path));
      assert.is(archive.get('zeros.dat')?.compression, 'store');
      for (const entry of archive.entries) for await (const _ of await archive.stream(entry));
      await archive.close();
    },
  ),
);

for (const [what, bytes, count] of [
  ['small', 126 * 1024, 500],
  ['large', 2 ** 20, 48],
] as const) {
  const zeros = Array.from({ length: count }, (_, index) => [`m/zeros-${index}.dat`, Buffer.alloc(bytes)] as const);
  test(
    `so is what many ${what} files together would unpack to`,
    inFolder(
      { 'm/service.py': 'def handle(d, c):\n    return d\n', ...Object.fromEntries(zeros) },
      async ({ path }) => {
        const archive = await openArchive(await packed(path));
        const kept = archive.entries
          .filter((entry) => entry.path.startsWith('zeros'))
          .map((entry) => entry.compression);
        assert.is(kept[0], 'deflate');
        assert.ok(kept.includes('store'));
        for await (const { content } of archive.walk()) for await (const _ of content);
        await archive.close();
      },
    ),
  );
}

async function packed(cwd: string): Promise<string> {
  const { target } = await pack({ modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd });
  return target;
}

test(
  'what was written is read back',
  inFolder(FILES, async ({ path }) => {
    const archive = await openArchive(await packed(path));
    for (const name of ['text.txt', 'weights.onnx', 'déjà vu ☃/empty']) {
      const entry = archive.get(name);
      assert.ok(entry, name);
      assert.equal(await buffer(await archive.stream(entry)), readFileSync(join(path, 'm', name)));
    }
    await archive.close();
  }),
);

testUnless(
  missingCommand('python3'),
  test,
  "Python's zipfile reads it",
  inFolder(FILES, async ({ path }) => {
    const script =
      'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print(len(z.namelist()))';
    assert.is(execFileSync('python3', ['-c', script, await packed(path)], { encoding: 'utf8' }).trim(), '5');
  }),
);

testUnless(
  missingCommand('unzip'),
  test,
  'Info-ZIP reads it',
  inFolder(FILES, async ({ path }) => {
    assert.match(execFileSync('unzip', ['-t', await packed(path)], { encoding: 'utf8' }), /No errors detected/);
  }),
);

const STREAM_READER = `
import java.io.*; import java.util.zip.*;
public class Read {
  public static void main(String[] a) throws Exception {
    try (ZipInputStream z = new ZipInputStream(new FileInputStream(a[0]))) {
      int n = 0; byte[] b = new byte[65536];
      for (ZipEntry e; (e = z.getNextEntry()) != null; n++) while (z.read(b) >= 0) {}
      System.out.println(n);
    }
  }
}`;

testUnless(
  missingCommand('java'),
  test,
  "Java's ZipInputStream, which both real servers use, reads it as a stream",
  inFolder({ ...FILES, 'Read.java': STREAM_READER }, async ({ path }) => {
    const out = execFileSync('java', ['-Dfile.encoding=UTF-8', join(path, 'Read.java'), await packed(path)], {
      encoding: 'utf8',
    });
    assert.is(out.trim(), '5');
  }),
);

testUnless(
  missingCommand('python3'),
  test,
  'the zip64 header of a large entry is understood: 4 GiB itself is packed by the bench',
  inFolder({}, ({ path, write }) => {
    const record = { ...RECORD, crc32: crc32('hello'), offset: 0, zip64: true };
    const [head, tail] = [localHeader(record), centralHeader(record)];
    const start = head.length + 5;
    write({ 'x.zip': Buffer.concat([head, Buffer.from('hello'), tail, endRecords(1, start, tail.length)]) });
    const script =
      'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(), z.read(z.namelist()[0]).decode())';
    const seen = execFileSync('python3', ['-c', script, join(path, 'x.zip')], { encoding: 'utf8' });
    assert.is(seen.trim(), 'None hello');
  }),
);

test.run();
