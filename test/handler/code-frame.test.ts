import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeFrame } from '#handler/code-frame.js';

test('the line with its neighbours and a caret, whatever ends the lines', () => {
  const framed = ['  1 | a', '> 2 | bc', '    |  ^', '  3 | d'].join('\n');
  for (const text of ['a\nbc\nd\ne', 'a\r\nbc\r\nd\r\n', 'a\nbc\nd']) {
    assert.is(codeFrame(text, { line: 2, column: 2 }), framed);
  }
});

test('the first and the last line have one neighbour, and a text of one line none', () => {
  assert.is(codeFrame('a\nb\nc', { line: 1, column: 1 }), '> 1 | a\n    | ^\n  2 | b');
  assert.is(codeFrame('a\nb\nc', { line: 3, column: 1 }), '  2 | b\n> 3 | c\n    | ^');
  assert.is(codeFrame('a', { line: 1, column: 1 }), '> 1 | a\n    | ^');
  assert.is(codeFrame('a\nb\n', { line: 2, column: 1 }, 0), '> 2 | b\n    | ^');
  assert.is(codeFrame(`${'\n'.repeat(98)}x\ny`, { line: 99, column: 1 }), '   98 |\n>  99 | x\n      | ^\n  100 | y');
});

test('a tab is one space and a long line ends after 200 characters', () => {
  assert.is(codeFrame('\tab', { line: 1, column: 2 }), '> 1 |  ab\n    |  ^');
  assert.is(codeFrame('x'.repeat(1000), { line: 1, column: 1 }).split('\n')[0]?.length, '> 1 | '.length + 200);
});

test.run();
