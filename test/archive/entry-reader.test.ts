import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PositionalReader, SequentialReader } from '#archive/entry-reader.js';

const TEXT = 'abcdefghij';

/** Content that comes in pieces and says what became of it. */
function pieces(...texts: readonly string[]) {
  const seen = { given: 0, closed: false };
  async function* content(): AsyncGenerator<Buffer> {
    try {
      for (const text of texts) {
        seen.given += 1;
        yield Buffer.from(text);
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, reader: new SequentialReader(TEXT.length, content()) };
}

test('content in order is read across its pieces, skipped, and short at its end', async () => {
  const { reader } = pieces('abc', '', 'def', 'ghij');
  assert.is(String(await reader.read(2)), 'ab');
  assert.is(String(await reader.read(3)), 'cde');
  await reader.skip(2);
  assert.is(String(await reader.read(99)), 'hij');
  assert.is((await reader.read(1)).length, 0);
  assert.is(reader.size, 10);
});

test('a closed reader lets go of its content and hands nothing out any more', async () => {
  const { reader, seen } = pieces('abc', 'def');
  await reader.read(1);
  await reader.close();
  assert.equal(seen, { given: 1, closed: true });
  assert.is((await reader.read(1)).length, 0);
  assert.is(seen.given, 1);
});

test('nothing is asked of content that cannot be told to end, once its reader is closed', async () => {
  let asked = 0;
  const next = async () => {
    asked += 1;
    return { done: false as const, value: Buffer.from(`${asked}`) };
  };
  const endless = { next };
  const reader = new SequentialReader(TEXT.length, { [Symbol.asyncIterator]: () => endless });
  assert.is(String(await reader.read(2)), '12');
  await reader.close();
  assert.equal([(await reader.read(2)).length, asked], [0, 2]);
});

test('one piece is handed out as it is, several as one, and none as nothing', async () => {
  const piece = Buffer.from('abcdef');
  async function* content(): AsyncGenerator<Buffer> {
    yield piece;
    yield Buffer.from('ghij');
  }
  const reader = new SequentialReader(TEXT.length, content());
  assert.is((await reader.read(4)).buffer, piece.buffer, 'not copied');
  assert.is((await reader.read(0)).length, 0);
  assert.is(String(await reader.read(3)), 'efg');
  await reader.close();
});

test('content at a known place is read from there, never beyond its end; what it holds is released', async () => {
  let released = 0;
  const at = async (position: number, length: number): Promise<Buffer> =>
    Buffer.from(TEXT.slice(position, position + length));
  const reader = new PositionalReader(TEXT.length, at, async () => {
    released += 1;
  });
  assert.is(String(await reader.read(2)), 'ab');
  await reader.skip(3);
  assert.is(String(await reader.read(2)), 'fg');
  assert.is(String(await reader.read(99)), 'hij');
  await reader.skip(99);
  assert.is((await reader.read(1)).length, 0);
  await reader.close();
  assert.is(released, 1);
});

test.run();
