import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BusyPoll } from '#serve/busy-poll.js';

/** Predictions one after the other, so many milliseconds from event to event. */
function predictions(poll: BusyPoll, count: number, gapMs: number, from = performance.now() - 2 * count * gapMs): void {
  for (let index = 0; index < count; index += 1) {
    poll.began(from + 2 * index * gapMs);
    poll.ended(from + (2 * index + 1) * gapMs);
  }
}

test('short predictions in close succession are polled for', () => {
  const poll = new BusyPoll(2);
  predictions(poll, 100, 0.05);
  assert.ok(poll.polling);
});

test('polling ends when nothing comes any more', async () => {
  const poll = new BusyPoll(2);
  predictions(poll, 100, 0.05);
  const began = performance.now();
  while (poll.polling && performance.now() - began < 10_000) await turn();
  assert.not(poll.polling);
});

test('predictions of some length, and short ones with rests between them, are waited for', () => {
  for (const gapMs of [0.3, 5]) {
    const poll = new BusyPoll(2);
    predictions(poll, 100, gapMs);
    assert.not(poll.polling, `${gapMs} ms`);
  }
});

test('after predictions of some length it begins again', () => {
  const poll = new BusyPoll(2);
  predictions(poll, 100, 5);
  predictions(poll, 100, 0.05);
  assert.ok(poll.polling);
});

test('with many predictions under way there is nothing to poll for', () => {
  const poll = new BusyPoll(2);
  const now = performance.now();
  for (let index = 0; index < 8; index += 1) poll.began(now);
  predictions(poll, 100, 0.01);
  assert.not(poll.polling);
});

test('on a single processor it would keep the worker from running', () => {
  const poll = new BusyPoll(1);
  predictions(poll, 100, 0.05);
  assert.not(poll.polling);
});

test.run();
