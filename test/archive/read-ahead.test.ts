import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ReadAhead } from '#archive/read-ahead.js';

const SIZE = 4 * 2 ** 20;
const CONTENT = Buffer.from(Uint32Array.from({ length: SIZE / 4 }, (_, index) => index * 2654435761).buffer);

/** A file that counts what is read from it. */
class CountedFile {
  reads = 0;
  bytes = 0;

  async read(start: number, length: number): Promise<Buffer> {
    assert.ok(start >= 0 && start + length <= SIZE, `${length} bytes at ${start} are in the file`);
    this.reads += 1;
    this.bytes += length;
    return Buffer.from(CONTENT.subarray(start, start + length));
  }
}

const piece = fc
  .tuple(fc.nat(SIZE), fc.oneof(fc.nat(100), fc.nat(100_000)))
  .map(([start, length]) => [start, Math.min(length, SIZE - start)] as const);

test('every piece is what the file holds there, in whatever order they are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 60 }), fc.boolean(), async (pieces, together) => {
      const ahead = new ReadAhead(new CountedFile(), SIZE);
      const asked = pieces.map(async ([start, length]) => {
        const found = await ahead.read(start, length);
        assert.ok(found.equals(CONTENT.subarray(start, start + length)));
      });
      if (together) await Promise.all(asked);
      else for (const one of asked) await one;
    }),
    { numRuns: 200 },
  );
});

test('small neighbours come out of few reads, each byte read about once', async () => {
  const file = new CountedFile();
  const ahead = new ReadAhead(file, SIZE);
  for (let at = 0; at + 50 <= SIZE; at += 50) await ahead.read(at, 50);
  assert.ok(file.reads < 20, `${file.reads} reads`);
  assert.ok(file.bytes < SIZE + 20 * 50, `${file.bytes} bytes`);
});

test('what is at hand comes at once', async () => {
  const ahead = new ReadAhead(new CountedFile(), SIZE);
  assert.ok(ahead.read(0, 10) instanceof Promise);
  await ahead.read(0, 10);
  assert.ok(Buffer.isBuffer(ahead.read(10, 10)));
});

test('what is read ahead, read by read: doubled at a step forward, small again after any other', async () => {
  const reads: number[][] = [];
  const file = new CountedFile();
  const traced = {
    read: (start: number, length: number) => {
      reads.push([start, length]);
      return file.read(start, length);
    },
  };
  const KIB = 1024;
  const ahead = new ReadAhead(traced, SIZE);
  const step = async (start: number, length: number): Promise<unknown> => {
    reads.length = 0;
    const found = ahead.read(start, length);
    const atOnce = !(found instanceof Promise);
    assert.ok((await found).equals(CONTENT.subarray(start, start + length)), `${length} bytes at ${start}`);
    return atOnce ? 'at hand' : reads[0]?.[1];
  };
  assert.is(await step(0, 1), 8 * KIB, 'the first read is one forward');
  assert.is(await step(8 * KIB - 5, 5), 'at hand', 'up to the last byte');
  assert.is(await step(8 * KIB - 5, 6), 16 * KIB, 'one byte more is not');
  const end = 8 * KIB - 5 + 16 * KIB;
  assert.is(await step(end + 16 * KIB, 1), 32 * KIB, 'a gap as long as what was read ahead is still forward');
  assert.is(await step(end + 16 * KIB + 32 * KIB + 32 * KIB + 1, 1), 4 * KIB, 'a longer one is not');
  const here = end + 80 * KIB + 1;
  assert.is(await step(here, 5 * KIB), 8 * KIB, 'from the same place is forward');
  assert.is(await step(here - 1, 1), 4 * KIB, 'a byte backward is not');
  assert.is(await step(here - 1, 300 * KIB), 300 * KIB, 'a large piece is read alone');
  for (const kib of [16, 32, 64, 128, 256, 512, 512]) {
    const [start = 0, length = 0] = reads[0] ?? [];
    assert.is(await step(start + length, 1), kib * KIB);
  }
  assert.is(await step(SIZE - 10, 2), 10, 'and nothing beyond the end');
});

test('no order of pieces makes it read many times what it is asked for', async () => {
  const backwards = Array.from({ length: 1000 }, (_, index) => SIZE - (index + 1) * 4000);
  const zigzag = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? index * 100 : SIZE - index * 100));
  const stepping = Array.from({ length: 1000 }, (_, index) => (index % 3 === 2 ? 0 : 2 ** 20 + index * 600));
  for (const [name, starts] of Object.entries({ backwards, zigzag, stepping })) {
    const file = new CountedFile();
    const ahead = new ReadAhead(file, SIZE);
    for (const start of starts) await ahead.read(start, 50);
    assert.ok(file.bytes <= 1000 * 16 * 1024, `${name}: ${file.bytes} bytes for 1000 pieces`);
  }
});

test('a read that fails is told to whoever asked, and the next one is tried again', async () => {
  let failing = true;
  const file = new CountedFile();
  const flaky = {
    read: async (start: number, length: number) => {
      if (failing) throw new Error('gone');
      return file.read(start, length);
    },
  };
  const ahead = new ReadAhead(flaky, SIZE);
  try {
    await ahead.read(0, 10);
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof Error && error.message === 'gone');
  }
  failing = false;
  assert.ok((await ahead.read(0, 10)).equals(CONTENT.subarray(0, 10)));
});

test.run();
