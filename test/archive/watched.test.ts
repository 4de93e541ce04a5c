import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { extract, inspect, type ReadProgress, validate } from '#index.js';
import { pythonFiles, zip } from '../check/sample-archives.js';
import { inFolder } from '../support/model-folder.js';

test(
  'reading tells how far it is, from nothing to all bytes, and finds the same',
  inFolder({}, async ({ path }) => {
    const archive = join(path, 'a.mar');
    writeFileSync(archive, zip(pythonFiles({ 'weights.bin': Buffer.alloc(200_000, 'w') })));
    const heard: ReadProgress[] = [];
    const watch = { onRead: (progress: ReadProgress) => void heard.push(progress) };
    assert.equal(await inspect(archive, watch), await inspect(archive));
    const total = heard[0]?.totalBytes ?? 0;
    assert.ok(total > 200_000);
    assert.is(heard[0]?.bytes, 0);
    assert.is(heard.at(-1)?.bytes, total);
    const bytes = heard.map((progress) => progress.bytes);
    assert.equal(
      bytes,
      [...bytes].sort((a, b) => a - b),
      'it never goes back',
    );
    assert.ok(heard.some(({ path: entry }) => entry === 'weights.bin'));
    heard.length = 0;
    const { version: _, ...report } = await validate([archive], watch);
    const { version: _other, ...same } = await validate([archive]);
    assert.equal(report, same);
    assert.is(heard.at(-1)?.bytes, total);
  }),
);

test(
  'extracting tells the bytes written of all files together, though several are written at once',
  inFolder({}, async ({ path }) => {
    const archive = join(path, 'a.mar');
    const files = Object.fromEntries([1, 2, 3, 4].map((n) => [`${n}.bin`, Buffer.alloc(n * 150_000, 'w')]));
    writeFileSync(archive, zip(pythonFiles(files)));
    const heard: ReadProgress[] = [];
    const { bytes, entries } = await extract(archive, join(path, 'a'), { onProgress: (told) => void heard.push(told) });
    assert.ok(bytes > 1_500_000);
    assert.ok(heard.every(({ totalBytes }) => totalBytes === bytes));
    assert.is(heard.at(-1)?.bytes, bytes);
    assert.ok(heard.length > entries.length, 'large files are told of in steps');
    for (const [index, told] of heard.entries()) assert.ok(told.bytes > (heard[index - 1]?.bytes ?? 0));
    assert.equal(new Set(heard.map((told) => told.path)), new Set(entries.map((entry) => entry.path)));
  }),
);

test.run();
