import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseProperties } from '#serve/config/properties.js';

test('a byte order mark is not part of the first key', () => {
  assert.equal(parseProperties('\ufeffa=1'), [{ key: 'a', value: '1', line: 1 }]);
  const asRead = Buffer.from('\ufeffa=1').toString('latin1');
  assert.equal(parseProperties(asRead), [{ key: 'a', value: '1', line: 1 }]);
});

test('separators, comments, continued lines and escapes of Java properties', () => {
  const text = [
    '# comment',
    '! comment',
    '',
    'a=1',
    'b : two words ',
    'c three',
    'd=x,\\',
    '   y',
    'caf\\u00e9=\\t\\u0041\\\\',
    'e\\=f=g',
    'empty',
  ].join('\r\n');
  assert.equal(
    parseProperties(text).map(({ key, value, line }) => [key, value, line]),
    [
      ['a', '1', 4],
      ['b', 'two words ', 5],
      ['c', 'three', 6],
      ['d', 'x,y', 7],
      ['caf\u00e9', '\tA\\', 9],
      ['e=f', 'g', 10],
      ['empty', '', 11],
    ],
  );
});

test.run();
