import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutPaths } from '#serve/http/server/without-paths.js';

for (const [text, public_] of [
  ['/tmp/mar-x/store/a.mar: no zip', '…/a.mar: no zip'],
  ["open '/etc/none'", "open '…/none'"],
  ['at f (file:///usr/lib/a/b-c.mjs:2:10)', 'at f (…/b-c.mjs:2:10)'],
  ['File "/usr/lib/python3/json/__init__.py", line 3', 'File "…/__init__.py", line 3'],
  ['in /tmp/a/ and /usr/bin/node.', 'in …/a and …/node.'],
  ['/tmp is full', '… is full'],
  ['PATH=/usr/bin:/usr/sbin', 'PATH=…/bin:…/sbin'],
  ['http://127.0.0.1:1/tmp/x.mar', 'http://127.0.0.1:1/tmp/x.mar'],
  ['https://a.example/usr/x', 'https://a.example/usr/x'],
  ['GET /predictions/m or /no-such-folder/x', 'GET /predictions/m or /no-such-folder/x'],
  ['/tmpfile and a/tmp/b, ./tmp/x, 1/usr', '/tmpfile and a/tmp/b, ./tmp/x, 1/usr'],
  ['no path at all', 'no path at all'],
] as const) {
  test(`${text} is told as ${public_}`, () => {
    assert.is(withoutPaths(text), public_);
  });
}

test('a text without end is read once', () => {
  assert.is(withoutPaths(`/tmp${'/a'.repeat(50_000)}`), '…/a');
  assert.is(withoutPaths(`/tmp/${'/'.repeat(50_000)}`).startsWith('/tmp/tmp'), false);
});

test.run();
