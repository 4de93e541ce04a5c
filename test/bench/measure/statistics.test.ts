import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, comparePairs } from '#bench/baseline/compare.js';
import { Window } from '#bench/figures/window.js';
import { interval, ratioOf } from '#bench/measure/confidence.js';
import { figureOfAll } from '#bench/measure/figure-of-all.js';
import { isSteady } from '#bench/measure/steady.js';

const near = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) < 1e-3 * Math.abs(expected), `${value}, expected ${expected}`);

test('the interval of a mean is that of Student', () => {
  // By hand: mean 3, variance 2.5, t of 4 degrees 2.776.
  const { value, half } = interval([1, 2, 3, 4, 5]);
  near(value, 3);
  near(half, 2.776 * Math.sqrt(2.5 / 5));
  assert.is(interval([7]).half, Number.POSITIVE_INFINITY);
});

test('a figure is that of all answers, not the mean of those of rounds, and its interval knows how far rounds lie from it', () => {
  // 99 answers after 1 ms and one after 100 in the first round; in the second all take 100.
  const windows = [99, 0].map((quick) => {
    const window = new Window(0);
    for (let sent = 0; sent < 100; sent++) window.answered(500, sent < quick ? 1 : 100, '');
    window.close(1000);
    return window;
  });
  const p50 = figureOfAll(windows, 'p50');
  near(p50.value, 100);
  near(p50.half, 12.706 * Math.sqrt((99 ** 2 + 0) / 1 / 2));
  near(figureOfAll(windows, 'mean').value, (99 + 101 * 100) / 200);
  assert.equal(figureOfAll(windows, 'throughput'), { value: 100, half: 0 });
  assert.equal(
    figureOfAll(windows, 'max').half,
    Number.POSITIVE_INFINITY,
    'nothing says how far a greatest value lies off',
  );
  assert.ok(Number.isNaN(figureOfAll([new Window(0)], 'p99').value));
});

test('the ratio of two groups has bounds that hold the true one', () => {
  const ratio = ratioOf([110, 112, 108, 111], [100, 101, 99, 100]);
  assert.ok(ratio);
  near(ratio.value, 1.1025);
  assert.ok(ratio.low < ratio.value && ratio.value < ratio.high);
  assert.is(ratioOf([1], [1, 2]), undefined);
  assert.is(ratioOf([1, Number.NaN], [1, 2]), undefined);
  assert.equal(ratioOf([2, 2], [1, 1]), { value: 2, low: 2, high: 2 });
});

test('a series is steady when its middles stay', () => {
  assert.is(isSteady([10, 10, 10, 10, 10]), false);
  assert.is(isSteady([90, 50, 10.1, 10, 10.2, 10, 10, 10.1]), true);
  assert.is(isSteady([30, 25, 20, 15, 10, 5]), false);
  assert.is(isSteady([10, 10, 10, 10, 99, 10]), true);
  assert.is(isSteady([10, 10, 10, Number.NaN, Number.NaN, 10]), false);
});

const LATENCY = { figure: 'p99', change: 0.1 } as const;
const THROUGHPUT = { figure: 'throughput', change: -0.1 } as const;
const BEFORE = [100, 101, 99, 100];

test('a change beyond the limit fails, within it passes, and noise is said to be unclear', () => {
  assert.is(compare(LATENCY, [130, 131, 129], BEFORE).verdict, 'fail');
  assert.is(compare(LATENCY, [104, 105, 103], BEFORE).verdict, 'pass');
  assert.is(compare(LATENCY, [80, 81, 79], BEFORE).verdict, 'pass');
  assert.is(compare(LATENCY, [60, 110, 190], BEFORE).verdict, 'unclear');
  assert.is(compare(THROUGHPUT, [70, 71, 69], BEFORE).verdict, 'fail');
  assert.is(compare(THROUGHPUT, [95, 96, 94], BEFORE).verdict, 'pass');
  assert.is(compare(THROUGHPUT, [150, 151, 149], BEFORE).verdict, 'pass');
  assert.is(compare(THROUGHPUT, [60, 90, 120], BEFORE).verdict, 'unclear');
});

test('pairs: what disturbs both of a pair hides nothing', () => {
  const before = [100, 300, 50, 800];
  const slower = before.map((value) => value * 1.2);
  assert.is(compare(LATENCY, slower, before).verdict, 'unclear');
  assert.is(comparePairs(LATENCY, slower, before).verdict, 'fail');
  assert.is(comparePairs(LATENCY, before, before).verdict, 'pass');
  assert.is(comparePairs(LATENCY, [100, 100], [1, 2, 3]).verdict, 'unclear');
});

test('what cannot be told from is unclear, not passed', () => {
  assert.equal(compare(LATENCY, [100], BEFORE), {
    ...LATENCY,
    ...{ seen: null, low: null, high: null, verdict: 'unclear' },
  });
  assert.is(compare(LATENCY, [Number.NaN, 100, 100], BEFORE).verdict, 'unclear');
});

test.run();
