import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { glob } from '#glob.js';
import { inFolder } from './support/model-folder.js';

const NAMES = ['a1.txt', 'a2.txt', 'ab.txt', '[x].txt', '.h.txt', 'a(1).txt', '{a,b}', '!a', 'a+b', '\u{1f600}.x'];
const FILES = Object.fromEntries([...NAMES, 'd/e/f.txt'].map((name) => [name, '']));

test(
  'patterns match as in Python: within one name, and nothing but *, ? and [] is special',
  inFolder(FILES, ({ path }) => {
    const cases: [string, string[]][] = [
      ['a[0-9].txt', ['a1.txt', 'a2.txt']],
      ['a[!1].txt', ['a2.txt', 'ab.txt']],
      ['a?.txt', ['a1.txt', 'a2.txt', 'ab.txt']],
      ['[[]x].txt', ['[x].txt']],
      ['*/*/*.txt', [join('d', 'e', 'f.txt')]],
      ['d/*/f.txt', [join('d', 'e', 'f.txt')]],
      ['**/f.txt', []],
      ['.*.txt', ['.h.txt']],
      ['?h.txt', []],
      ['a(1)*', ['a(1).txt']],
      ['{a,b}*', ['{a,b}']],
      ['!*', ['!a']],
      ['a+*', ['a+b']],
      ['?.x', ['\u{1f600}.x']],
      ['none/*', []],
    ];
    for (const [pattern, found] of cases) assert.equal(glob(pattern, path), found, pattern);
    assert.equal(glob(join(path, 'd/*'), '/'), [join(path, 'd/e')]);
  }),
);

test.run();
