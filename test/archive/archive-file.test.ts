import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArchiveFile } from '#archive/archive-file.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const CHUNK = 512 * 1024;
const CONTENT = Buffer.from(Array.from({ length: 2 * CHUNK + 10 }, (_, index) => (index * 7919) % 251));

const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer[]> => {
  const found: Buffer[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
};

test(
  'chunks are of 512 KiB, hold every byte from start to end once, and there is none of nothing',
  inFolder({ file: CONTENT }, async ({ path }) => {
    const file = await ArchiveFile.open(join(path, 'file'));
    try {
      assert.equal([file.size, file.source], [CONTENT.length, join(path, 'file')]);
      for (const [start, end, sizes] of [
        [0, CONTENT.length, [CHUNK, CHUNK, 10]],
        [10, CONTENT.length, [CHUNK, CHUNK]],
        [7, 7 + CHUNK + 1, [CHUNK, 1]],
        [3, 4, [1]],
        [5, 5, []],
        [6, 5, []],
      ] as const) {
        const chunks = await collect(file.chunks(start, end));
        assert.equal(
          chunks.map(({ length }) => length),
          sizes,
          `${start} to ${end}`,
        );
        assert.ok(Buffer.concat(chunks).equals(CONTENT.subarray(start, Math.max(start, end))));
      }
      assert.ok((await file.read(11, 20)).equals(CONTENT.subarray(11, 31)));
      assert.is((await file.read(11, 0)).length, 0);
    } finally {
      await file.close();
    }
  }),
);

test(
  'a file that became shorter is told under the name it goes by, and a chunk nobody asked for harms nobody',
  inFolder({ file: CONTENT }, async ({ path }) => {
    const file = await ArchiveFile.open(join(path, 'file'), 'x.mar');
    try {
      assert.is(file.source, 'x.mar');
      truncateSync(join(path, 'file'), CHUNK);
      const chunks = file.chunks(0, file.size);
      assert.is((await chunks.next()).value?.length, CHUNK);
      // The next chunk is being read already, and fails: it was asked for before these.
      for (let index = 0; index < 20; index += 1) await file.read(index, 1);
      const error = await rejectsWith('ERR_ARCHIVE_CHANGED', () => chunks.next());
      assert.equal(error.message, 'x.mar: the file became shorter while being read');
      writeFileSync(join(path, 'file'), 'abc');
      assert.is(String(await file.read(1, 2)), 'bc');
      await rejectsWith('ERR_ARCHIVE_CHANGED', () => file.read(1, 3));
    } finally {
      await file.close();
    }
    const closed = await file.read(0, 1).catch((error: unknown) => String(error));
    assert.match(String(closed), 'closed');
  }),
);

test.run();
