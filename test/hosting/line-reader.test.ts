import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LineReader } from '#hosting/line-reader.js';

test('lines arrive once each, whatever the chunks; an endless one comes in pieces', () => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const byte of Buffer.from('one\r\nzwö')) reader.push(Buffer.from([byte]));
  reader.push(Buffer.from(`lf\n${'x'.repeat(20_000)}`));
  assert.equal(lines.slice(0, 2), ['one', 'zwölf']);
  reader.end();
  assert.equal(
    lines.slice(2).map(({ length }) => length),
    [16 * 1024, 20_000 - 16 * 1024],
  );
});

test.run();
