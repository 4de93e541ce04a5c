import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStat } from '#process-stat.js';

test('a name may hold blanks and parentheses', () => {
  assert.equal(parseStat('12 (a) (b c)) S 1 12 7\n'), { program: 'a) (b c)', fields: ['S', '1', '12', '7\n'] });
});

test('of a process that is gone nothing is known', () => {
  assert.is(parseStat(''), undefined);
});

test.run();
