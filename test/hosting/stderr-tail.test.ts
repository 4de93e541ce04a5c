import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StderrTail } from '#hosting/stderr-tail.js';
import { withClock } from '../support/fake-clock.js';

function tail() {
  const told: string[] = [];
  return { told, tail: new StderrTail((text) => told.push(text)) };
}
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

test(
  'a line is told a quarter of a second after the first of them came, once',
  withClock(async (clock) => {
    const { told, tail: lines } = tail();
    lines.push('a');
    await clock.advance(100);
    lines.push('b');
    await clock.advance(149);
    assert.equal(told, []);
    await clock.advance(1);
    assert.equal(told, ['a', 'b']);
    lines.push('c');
    await clock.advance(249);
    assert.equal(told, ['a', 'b']);
    await clock.advance(1);
    assert.equal(told, ['a', 'b', 'c']);
  }),
);

test(
  'last words belong to the report on the death alone',
  withClock(async (clock) => {
    const { told, tail: lines } = tail();
    lines.push('early');
    await clock.advance(250);
    lines.push('last');
    assert.equal(lines.end(false), { stderr: ['early', 'last'], untold: ['last'] });
    await clock.advance(1000);
    assert.equal(told, ['early']);
    assert.equal(clock.pending, []);
  }),
);

test(
  'an expected end tells everything',
  withClock(async (clock) => {
    const { told, tail: lines } = tail();
    lines.push('a');
    assert.equal(lines.end(true), { stderr: ['a'], untold: [] });
    assert.equal(told, ['a']);
    assert.equal(clock.pending, []);
  }),
);

test(
  'what was said during a batch that is answered is told and forgotten',
  withClock(async (clock) => {
    const { told, tail: lines } = tail();
    lines.push('a');
    lines.forget();
    assert.equal(told, ['a']);
    lines.push('b');
    assert.equal(lines.end(false), { stderr: ['b'], untold: ['b'] });
    await clock.advance(1000);
    assert.equal(told, ['a']);
  }),
);

test(
  '20 lines are kept; older ones are told at once, so that nothing is lost',
  withClock(async () => {
    const { told, tail: lines } = tail();
    for (const line of numbers(1, 20)) lines.push(line);
    assert.equal(told, []);
    lines.push('line 21');
    assert.equal(told, ['line 1']);
    assert.equal(lines.end(false), { stderr: numbers(2, 21), untold: numbers(2, 21) });
  }),
);

test(
  '4096 characters are kept; one line that is longer is kept to there, and told whole',
  withClock(async () => {
    const { told, tail: lines } = tail();
    lines.push('a'.repeat(2000));
    lines.push('b'.repeat(2096));
    assert.equal(told, []);
    lines.push('c');
    assert.equal(
      told.map((line) => line.length),
      [2000],
    );
    const long = tail();
    long.tail.push('x'.repeat(10_000));
    assert.equal(long.told, [], 'it is kept');
    const { stderr, untold } = long.tail.end(false);
    assert.equal([stderr.map(({ length }) => length), untold.map(({ length }) => length)], [[4096], [10_000]]);
  }),
);

test.run();
