import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { handlerHeaders } from '#serve/http/mms/handler-headers.js';

const headers = (...raw: string[]): [string, string][] => handlerHeaders(raw, 42);

test('names as the client wrote them; of a repeated one the last value, another spelling is another name', () => {
  assert.equal(headers('X-A', '1', 'X-A', '2'), [['X-A', '2']]);
  assert.equal(
    headers('X-A', '1', 'x-a', '2').sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      ['X-A', '1'],
      ['x-a', '2'],
    ],
  );
  assert.equal(headers(), []);
});

test('what belongs to the transfer is left out; a chunked body has its length', () => {
  assert.equal(headers('Expect', '100-continue'), []);
  assert.equal(headers('Transfer-Encoding', 'chunked', 'Expect', 'x'), [['content-length', '42']]);
  assert.equal(headers('Content-Length', '3'), [['Content-Length', '3']]);
});

test('the order is that of a Java HashMap with 16 buckets, doubled when three quarters are taken', () => {
  const names = 'Host User-Agent Accept Content-Length Content-Type'.split(' ');
  const order = (list: readonly string[]): string[] =>
    headers(...list.flatMap((name) => [name, ''])).map(([name]) => name);
  const once = order(names);
  assert.equal(order([...names].reverse()), once, 'whatever the order that they came in');
  const letters = [...'abcdefghijkl'];
  // 'a' is 97, bucket 1 of 16; 'p' is 112, bucket 0.
  assert.equal(order(['b', 'p', 'a']), ['p', 'a', 'b']);
  assert.equal(
    order([...letters, 'p']),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'p'],
    '13 names: 32 buckets',
  );
  assert.equal(order([...letters.slice(1), 'p']), ['p', ...letters.slice(1)], '12 names: 16 buckets');
});

test.run();
