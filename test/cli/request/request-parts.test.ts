import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readHeaders } from '#cli/request/request-parts.js';
import { thrown } from '../../support/rejects.js';

test('headers are written as for curl', () => {
  assert.equal(readHeaders([]), {});
  assert.equal(readHeaders(['X-Tone:  loud ', 'Accept:', 'X-Empty;', 'x-list: 1', 'X-List: 2']), {
    'x-tone': 'loud',
    'x-empty': '',
    'x-list': '1, 2',
  });
  assert.equal(readHeaders(['Content-Type:']), { 'content-type': '' });
});

test('what is not a header, and two content types, are refused', () => {
  for (const line of ['Accept', ': x', 'a b: c', 'X; y', ''])
    assert.is(thrown(() => readHeaders([line])).message, `'${line}' is not a header, expected 'Name: value'.`);
  const { message } = thrown(() => readHeaders(['Content-Type: a/b', 'content-type: c/d']));
  assert.is(message, 'The content type is given twice.');
});

test.run();
