import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareAnswer } from '#testing/compare-answer.js';
import { contentTypeOf } from '#testing/content-type.js';

const answer = (value: unknown, status = 200) => ({
  status,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

test('the status comes first', () => {
  assert.equal(compareAnswer(answer('broken', 503), { text: 'x' }), ['status 503, expected 200: broken']);
  assert.equal(compareAnswer(answer('no', 400), { status: 400 }), []);
});

test('a page of HTML is not the model, unless a text or nothing but its status is expected', () => {
  const page = answer('<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>');
  assert.equal(compareAnswer(page, { json: 1 }), [
    'a page of HTML (Sign in) with status 200, expected an answer of the model with 200: another program answers at this address, or something in between',
  ]);
  assert.match(compareAnswer({ ...page, status: 502 }, {})[0] ?? '', 'a page of HTML (Sign in) with status 502');
  assert.match(compareAnswer(answer('<html></html>', 404), { text: 'x' })[0] ?? '', 'a page of HTML with status 404');
  assert.equal(compareAnswer(page, { text: page.body.toString() }), []);
  assert.equal(compareAnswer(page, {}), []);
});

test('text is compared exactly', () => {
  assert.equal(compareAnswer(answer('OK'), { text: 'OK' }), []);
  assert.equal(compareAnswer(answer(''), { text: 'OK' }), ['answered (empty), expected OK']);
});

test('JSON is compared with a tolerance for numbers only', () => {
  const json = { a: [1, 2], b: 'x', c: null };
  assert.equal(compareAnswer(answer({ a: [1.00001, 2], b: 'x', c: null }), { json }), []);
  assert.equal(compareAnswer(answer({ a: [1.2, 2], b: 'x', c: null }), { json, tolerance: 0.1 }), [
    '$.a[0] is 1.2, expected 1 ± 0.1',
  ]);
  assert.equal(compareAnswer(answer({ a: [1], b: 'y', d: 1 }), { json }), [
    '$.a has 1 items, expected 2',
    '$.b is "y", expected "x"',
    '$.c is absent, expected null',
    '$.d is 1, expected absent',
  ]);
  assert.equal(compareAnswer(answer('<svg>'), { json }), ['the answer is not JSON: <svg>']);
  assert.equal(compareAnswer(answer('null'), { json: null }), []);
});

test('classes: each must be there, with its probability; the best must be expected', () => {
  const cats = [
    { probability: 0.6, class: 'cat' },
    { probability: 0.3, class: 'lynx' },
  ];
  assert.equal(
    compareAnswer(answer(cats), { classes: [{ class: 'lynx' }, { class: 'cat', probability: 0.5 }], tolerance: 0.11 }),
    [],
  );
  assert.equal(compareAnswer(answer(cats), { classes: [{ class: 'lynx', probability: 0.9 }, { class: 'dog' }] }), [
    "class 'lynx' has probability 0.3, expected 0.9 ± 0.0001",
    "class 'dog' is not among 'cat', 'lynx'",
    "the best class is 'cat', expected one of 'lynx', 'dog'",
  ]);
  for (const value of [[], {}, [{ class: 'cat' }], 'null']) {
    assert.match(
      compareAnswer(answer(value), { classes: [{ class: 'cat' }] })[0] ?? '',
      'is not a list of {probability, class}',
    );
  }
});

test('the content type: by extension, by first bytes, JSON by its form', () => {
  assert.is(contentTypeOf(Buffer.from('x'), 'a/B.JPEG'), 'image/jpeg');
  assert.is(contentTypeOf(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 'image/png');
  assert.is(contentTypeOf(Buffer.from('RIFF....WEBPVP8 ')), 'image/webp');
  assert.is(contentTypeOf(Buffer.from(' {"a":1}')), 'application/json');
  assert.is(contentTypeOf(Buffer.from('{not json')), 'application/octet-stream');
  assert.is(contentTypeOf(Buffer.alloc(0)), 'application/octet-stream');
});

test.run();
