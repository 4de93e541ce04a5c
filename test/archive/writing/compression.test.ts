import { statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Compression, compressor } from '#archive/writing/compression.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { inFolder } from '../../support/model-folder.js';
import { thrown } from '../../support/rejects.js';

const TEXT = Buffer.from('the same words again and again, '.repeat(1000));

/** Bytes that do not shrink. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0, state = 1; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

test('content in memory is deflated where that saves a tenth, unless its name says that it is compressed', () => {
  const methods = (policy: Compression): string[] =>
    [
      ['a.txt', TEXT],
      ['a.bin', noise(20_000)],
      ['a.onnx', TEXT],
      ['a.ONNX', TEXT],
      ['tiny.onnx', TEXT.subarray(0, 100)],
      ['tiny.bin', noise(50)],
    ].map(([path, content]) => compressor(policy).pack(String(path), Buffer.from(content ?? '')).method);
  assert.equal(methods('auto'), ['deflate', 'store', 'store', 'store', 'deflate', 'deflate']);
  assert.equal(new Set(methods('store')), new Set(['store']));
  assert.equal(new Set(methods('deflate')), new Set(['deflate']));
});

test('what is written is the content, or what inflates to it', () => {
  assert.is(compressor('store').pack('a.txt', TEXT).data, TEXT);
  assert.ok(inflateRawSync(compressor('auto').pack('a.txt', TEXT).data).equals(TEXT));
  assert.ok(inflateRawSync(compressor('auto').pack('a', TEXT.subarray(0, 9)).data).equals(TEXT.subarray(0, 9)));
});

test(
  'a large file is judged by three places of it, and by its name',
  inFolder(
    {
      'text.bin': Buffer.concat(Array.from({ length: 20 }, () => TEXT)),
      'noise.bin': noise(600_000),
      'ends.bin': Buffer.concat([noise(300_000), TEXT, noise(300_000)]),
      'text.safetensors': TEXT,
    },
    ({ path }) => {
      const choose = (name: string, policy: Compression = 'auto'): string => {
        const file = join(path, name);
        return compressor(policy).choose(sourceFile({ path: name, file }, statSync(file)));
      };
      assert.equal(
        ['text.bin', 'noise.bin', 'ends.bin', 'text.safetensors'].map((name) => choose(name)),
        ['deflate', 'store', 'deflate', 'store'],
      );
      assert.equal([choose('noise.bin', 'deflate'), choose('text.bin', 'store')], ['deflate', 'store']);
      const gone = sourceFile({ path: 'gone.bin', file: join(path, 'gone.bin') }, statSync(path));
      const error = thrown(() => compressor('auto').choose(gone));
      assert.is(error.code, 'ERR_FILE_UNREADABLE');
      assert.match(error.message, /^gone\.bin cannot be read: ENOENT/);
    },
  ),
);

test.run();
