import { appendFileSync, chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compressor } from '#archive/writing/compression.js';
import { hashContent } from '#archive/writing/hash-content.js';
import { isLarge, plannedMode, plannedSize } from '#archive/writing/planned-entry.js';
import { lookAt, readSmallFile, SMALL_FILE } from '#archive/writing/small-file.js';
import { type SourceFile, sourceFile, unreadableFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { inFolder } from '../../support/model-folder.js';
import { thrown } from '../../support/rejects.js';

const FILES = {
  'small.txt': 'hello',
  'edge.bin': Buffer.alloc(SMALL_FILE, 1),
  'large.bin': Buffer.alloc(SMALL_FILE + 1, 2),
};

const found = (path: string, name: string) => ({ path: `in/${name}`, file: join(path, name) });
const sourceOf = (path: string, name: string): SourceFile => sourceFile(found(path, name), statSync(join(path, name)));

test(
  'the first look tells the format, and takes in a small file where it is wanted',
  inFolder(FILES, ({ path }) => {
    const memory = Buffer.alloc(SMALL_FILE);
    const small = lookAt(found(path, 'small.txt'), memory, () => true);
    assert.equal([String(small.head), String(small.bytes), small.source.size], ['hell', 'hello', 5]);
    assert.is(small.source.path, 'in/small.txt');
    const unwanted = lookAt(found(path, 'small.txt'), memory, (size) => size !== 5);
    assert.equal([String(unwanted.head), unwanted.bytes], ['hell', undefined]);
    assert.is(lookAt(found(path, 'edge.bin'), memory, () => true).bytes?.length, SMALL_FILE);
    assert.is(lookAt(found(path, 'large.bin'), memory, () => true).bytes, undefined);
    const gone = thrown(() => lookAt(found(path, 'gone'), memory, () => true));
    assert.equal([gone.code, /^in\/gone cannot be read: ENOENT/.test(gone.message)], ['ERR_FILE_UNREADABLE', true]);
  }),
);

test(
  'a file that is not what it was at first sight is refused with both sizes',
  inFolder(FILES, ({ path }) => {
    const source = sourceOf(path, 'small.txt');
    assert.is(String(readSmallFile(source)), 'hello');
    appendFileSync(join(path, 'small.txt'), '!');
    const changed = thrown(() => readSmallFile(source));
    assert.equal(
      [changed.code, changed.message],
      ['ERR_FILE_CHANGED', 'in/small.txt changed while it was being packed: 5 bytes at first, then 6.'],
    );
  }),
);

test(
  'an entry is large beyond 128 KiB, and 0755 where its owner may execute it',
  inFolder(FILES, ({ path }) => {
    const [edge, large] = ['edge.bin', 'large.bin'].map((name) => ({ path: name, source: sourceOf(path, name) }));
    const bytes = { path: 'b', bytes: Buffer.from('abc'), origin: 'the test' };
    if (edge === undefined || large === undefined) throw new Error('no entries');
    assert.equal([edge, large, bytes].map(isLarge), [false, true, false]);
    assert.equal([edge, large, bytes].map(plannedSize), [SMALL_FILE, SMALL_FILE + 1, 3]);
    chmodSync(join(path, 'edge.bin'), 0o610);
    const group = { path: 'e', source: sourceOf(path, 'edge.bin') };
    chmodSync(join(path, 'edge.bin'), 0o700);
    const owner = { path: 'e', source: sourceOf(path, 'edge.bin') };
    assert.equal([bytes, group, owner].map(plannedMode), [0o644, 0o644, 0o755]);
  }),
);

test(
  'the digest of an entry is that of its content, in one piece or in many',
  inFolder(FILES, async ({ path }) => {
    for (const [name, sha256] of [
      ['small.txt', '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
      ['large.bin', undefined],
    ] as const) {
      const pieces: Buffer[] = [];
      let counted = 0;
      const settings = {
        compressor: compressor('store'),
        onBytes: (count: number) => {
          counted += count;
        },
        time: 0,
      };
      const source = sourceOf(path, name);
      const entry = await hashContent({ path: name, source }, { ...settings, signal: undefined }, (piece) => {
        pieces.push(Buffer.from(piece));
        return undefined;
      });
      assert.is(Buffer.concat(pieces).length, source.size);
      assert.equal(
        [entry.path, entry.size, entry.compressedSize, entry.compression, counted],
        [name, source.size, source.size, 'store', source.size],
      );
      assert.match(entry.sha256, sha256 === undefined ? /^[0-9a-f]{64}$/ : new RegExp(`^${sha256}$`));
    }
  }),
);

test('a failure to read says what to do about it', () => {
  const failure = (code: string): MarError => unreadableFile('a.bin', Object.assign(new Error(`${code}: x`), { code }));
  for (const code of ['EACCES', 'EPERM'])
    assert.equal(
      [failure(code).message, failure(code).hint],
      ['a.bin cannot be read: permission denied.', 'Grant read permission, or leave it out with --exclude.'],
    );
  assert.equal(
    [failure('EIO').message, failure('EIO').hint],
    ['a.bin cannot be read: EIO: x.', 'Check the file, or leave it out with --exclude.'],
  );
  const own = new MarError('x', { code: 'ERR_FILE_CHANGED' });
  assert.is(unreadableFile('a.bin', own), own);
});

test.run();
