import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeForm } from '#protocol/form.js';
import { firstValue, integerValue, parseQuery, parseTarget } from '#serve/http/server/query.js';
import { thrownCode } from '../../../support/rejects.js';

test('a target is its decoded path, its segments without empty ends, and its query', () => {
  assert.equal(parseTarget('/'), { path: '/', segments: [], query: '' });
  assert.equal(parseTarget('/models/a%20b/?x=%201#y'), {
    path: '/models/a b/',
    segments: ['', 'models', 'a b'],
    query: 'x=%201',
  });
  assert.equal(parseTarget('/a//b///').segments, ['', 'a', '', 'b']);
  assert.equal(parseTarget('/a#b?c'), { path: '/a', segments: ['', 'a'], query: 'b?c' });
  assert.equal(parseTarget('/models/a%2Fb%2520/%2F').segments, ['', 'models', 'a/b%20', '/']);
  assert.is(
    thrownCode(() => parseTarget('/%zz')),
    'ERR_HTTP_MESSAGE',
  );
  assert.is(
    thrownCode(() => parseTarget('/%ff')),
    'ERR_HTTP_MESSAGE',
  );
});

test('a query is its parameters in order, repeated ones too; a name alone is empty, no name is none', () => {
  assert.equal(parseQuery(''), []);
  assert.equal(parseQuery('a=1&b=2;a=3'), [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]);
  assert.equal(parseQuery('a&=1&b=&c=d=e&'), [
    ['a', ''],
    ['b', ''],
    ['c', 'd=e'],
  ]);
  assert.equal(parseQuery('a+b=c+d%2B&%C3%BC=%26'), [
    ['a b', 'c d+'],
    ['ü', '&'],
  ]);
  assert.is(
    thrownCode(() => parseQuery('a=%')),
    'ERR_HTTP_MESSAGE',
  );
});

test('plus is a space and an escape its character', () => {
  assert.equal(['a+b', 'a%20b', 'a%2Bb', 'plain'].map(decodeForm), ['a b', 'a b', 'a+b', 'plain']);
});

test('the first of repeated values counts', () => {
  const parameters = parseQuery('a=1&a=2&b');
  assert.equal(
    [firstValue(parameters, 'a'), firstValue(parameters, 'b'), firstValue(parameters, 'c')],
    ['1', '', undefined],
  );
});

test('a whole number of 32 bits, with a sign if it likes; everything else is the default', () => {
  const value = (text: string): number => integerValue([['n', text]], 'n', -7);
  assert.equal(['0', '12', '+3', '-3', '007'].map(value), [0, 12, 3, -3, 7]);
  assert.equal(
    ['2147483647', '2147483648', '-2147483648', '-2147483649'].map(value),
    [2147483647, -7, -2147483648, -7],
  );
  assert.equal(['', '1.5', '1e3', ' 1', '0x1', '--1', 'x'].map(value), Array(7).fill(-7));
  assert.is(integerValue([], 'n', 5), 5);
});

test.run();
