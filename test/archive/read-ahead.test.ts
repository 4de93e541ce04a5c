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
