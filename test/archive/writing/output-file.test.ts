import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OutputFile } from '#archive/writing/output-file.js';
import { inFolder } from '../../support/model-folder.js';

const KIB = 1024;
const piece = (size: number, letter: string): Buffer => Buffer.alloc(size, letter);

/** Writes with `use` and returns what the file then holds. */
async function written(path: string, use: (output: OutputFile) => Promise<void>): Promise<Buffer> {
  const file = join(path, 'out');
  const handle = await open(file, 'w');
  try {
    await use(new OutputFile(handle));
  } finally {
    await handle.close();
  }
  return readFile(file);
}

test(
  'small pieces wait in memory, large ones and those that no longer fit do not; their order stays',
  inFolder({}, async ({ path }) => {
    const found = await written(path, async (output) => {
      assert.is(output.append(piece(200 * KIB, 'a'), piece(10, 'b')), undefined, 'kept');
      assert.is(output.position, 200 * KIB + 10);
      const large = output.append(piece(256 * KIB, 'c'));
      assert.ok(large instanceof Promise, 'written at once');
      await large;
      assert.is(output.append(piece(10, 'd')), undefined);
      for (const letter of ['e', 'f', 'g', 'h']) assert.is(output.append(piece(255 * KIB, letter)), undefined, letter);
      const full = output.append(piece(200 * KIB, 'i'));
      assert.ok(full instanceof Promise, 'no more room');
      await full;
      await output.flush();
    });
    const runs = found.toString('latin1').replace(/(.)\1*/g, (run, letter: string) => `${letter}${run.length} `);
    const sizes = { a: 200, b: 10 / KIB, c: 256, d: 10 / KIB, e: 255, f: 255, g: 255, h: 255, i: 200 };
    assert.is(
      runs,
      Object.entries(sizes)
        .map(([letter, size]) => `${letter}${size * KIB} `)
        .join(''),
    );
  }),
);

test(
  'what was written can be corrected, and what came last written over',
  inFolder({}, async ({ path }) => {
    const found = await written(path, async (output) => {
      await output.append(piece(300 * KIB, 'a'));
      await output.append(piece(4, 'b'));
      await output.patch(piece(2, 'X'), 1);
      assert.is(output.position, 300 * KIB + 4);
      await output.rewind(300 * KIB + 1);
      assert.is(output.position, 300 * KIB + 1);
      await output.append(piece(5, 'c'));
      await output.flush();
    });
    assert.is(found.subarray(0, 4).toString(), 'aXXa');
    assert.is(found.subarray(300 * KIB).toString(), 'bccccc');
  }),
);

test.run();
