import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkClashes } from '#archive/clashes.js';
import { ProblemList } from '#archive/problem.js';

function clashes(...paths: readonly string[]): unknown[] {
  const problems = new ProblemList();
  checkClashes(paths, problems);
  return problems.found.map(({ code, message, entry }) => [code, message, entry]);
}

test('names that differ in more than case and form are none', () => {
  assert.equal(clashes(), []);
  assert.equal(clashes('a', 'b', 'a-b', 'ab/c', 'a.txt'), []);
});

test('one name twice, names that differ by case or form, and a file that is a folder, each with both names', () => {
  assert.equal(clashes('b', 'a', 'b'), [['ERR_ENTRY_DUPLICATE', 'entry "b" occurs more than once', 'b']]);
  assert.equal(clashes('Read', 'read'), [
    ['ERR_ENTRY_CLASH', 'entries "Read" and "read" differ only by case or Unicode form', 'read'],
  ]);
  assert.equal(clashes('e\u0301', '\u00e9').length, 1);
  assert.equal(clashes('a/b', 'a', 'a-b'), [['ERR_ENTRY_CLASH', 'entry "a" is a file and the folder of "a/b"', 'a/b']]);
  assert.equal(clashes('A', 'a/b').length, 1, 'in any case');
});

test.run();
