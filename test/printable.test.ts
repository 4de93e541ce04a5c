import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable, printableData, printableJson, printableLine } from '#printable.js';

test('what a terminal would obey, or nobody would see, is an escape', () => {
  assert.is(printable('\u001b[2J\u009b1m\r\u0000\u007f'), '\\u001b[2J\\u009b1m\\u000d\\u0000\\u007f');
  assert.is(
    printable('\u202egnp.exe \u2066x\u2069 \u200bzero\ufeff'),
    '\\u202egnp.exe \\u2066x\\u2069 \\u200bzero\\ufeff',
  );
  assert.is(printable('tag \u{e0041}, half \ud800, line \u2028'), 'tag \\u{e0041}, half \\ud800, line \\u2028');
});

test('text of people stays as it is', () => {
  for (const text of [
    '',
    'Grüße, 日本語, العربية, ❤️ 😀 – “x” → y\tz\nnext',
    'a::b std::vector http://x ## heading [x]',
  ])
    assert.is(printable(text), text);
});

test('commands of CI systems are none: at the start of a line, after a blank where lines are wrapped, or in ## brackets', () => {
  assert.is(printable('::stop-commands::x'), '\\u003a:stop-commands::x');
  assert.is(printable('a\n  ::error::b ::add-mask::c'), 'a\n  \\u003a:error::b \\u003a:add-mask::c');
  assert.is(printable('x##[group]y ##vso[task.setvariable]z'), 'x\\u0023#[group]y \\u0023#vso[task.setvariable]z');
});

test('a line stays a line', () => {
  assert.is(printableLine('a\nb\r\n\tc'), 'a\\nb\\u000d\\n\tc');
});

test('data: every string and key is a line, named fields keep theirs, other values stay', () => {
  const bytes = Buffer.from('\u001b');
  const value = {
    'k\u001b': ['\n', 1, null, true],
    frame: 'a\n\u001b',
    deep: { frame: ['b\n'] },
    bytes,
    none: undefined,
  };
  assert.equal(printableData(value, ['frame']), {
    'k\\u001b': ['\\n', 1, null, true],
    frame: 'a\n\\u001b',
    deep: { frame: ['b\n'] },
    bytes,
    none: undefined,
  });
});

test('JSON says the same with every such character escaped', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const json = printableJson(JSON.stringify([value, text, `${text}##[x]`], null, 2));
      assert.equal(JSON.parse(json), JSON.parse(JSON.stringify([value, text, `${text}##[x]`])));
      assert.not.match(json, /[^\P{Cc}\n]|\p{Bidi_Control}|##\[/u);
    }),
  );
});

test('nothing is left to obey in any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = printableLine(text);
      assert.not.match(safe, /[^\P{Cc}\t]|\p{Bidi_Control}|\p{Cs}|^::|\s::/u);
      assert.is(printableLine(safe), safe);
    }),
  );
});

test.run();
