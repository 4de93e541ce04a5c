import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSourceHeaders } from '#serve/config/source-headers.js';
import { thrown } from '../../support/rejects.js';

const URLS = ['https://one.example:8443/a.mar', 'HTTP://two.example/b.mar?x=1', 'c.mar', 'https://', 'ftp://three/d'];

test('headers go to the origins of the sources that are http URLs, with names in lower case', () => {
  assert.is(readSourceHeaders([], URLS), undefined);
  assert.equal(readSourceHeaders(['Authorization: Bearer a:b', 'x-key:\t1'], URLS), {
    origins: new Set(['https://one.example:8443', 'http://two.example']),
    headers: { authorization: 'Bearer a:b', 'x-key': '1' },
  });
});

test('what is not a header is refused without its value, and so is one that no host could get', () => {
  for (const header of [
    'secret',
    ': secret',
    'a b: secret',
    'name:',
    'name: se\ncret',
    'näme: secret',
    'name: \u2603',
  ]) {
    const error = thrown(() => readSourceHeaders(['fine: 1', header], URLS));
    assert.equal(
      [error.code, error.message],
      ['ERR_CONFIG', "--source-header is not a header, expected 'Name: value'."],
    );
  }
  const useless = thrown(() => readSourceHeaders(['name: secret'], ['c.mar', 'ftp://three/d']));
  assert.equal(
    [useless.code, useless.message],
    ['ERR_CONFIG', '--source-header is given, and no source of the start is a URL that could get it.'],
  );
  assert.match(useless.hint ?? '', /^Name the archive by its URL/);
});

test.run();
