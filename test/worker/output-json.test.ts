import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toJson } from '#worker/output-json.js';

const nested = (value: unknown, levels: number): unknown =>
  Array.from({ length: levels }).reduce((inner, _, level) => (level % 2 ? [inner] : { inner }), value);

function holdsInvalidDate(value: unknown): boolean {
  if (value instanceof Date) return Number.isNaN(value.getTime());
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInvalidDate);
}

test('what JSON has is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.anything({ withDate: true, withSparseArray: true, withNullPrototype: true }), (value) => {
      if (holdsInvalidDate(value)) assert.throws(() => toJson(value), 'an invalid date');
      else if (typeof value !== 'bigint') assert.is(toJson(value), JSON.stringify(value, undefined, 2));
    }),
  );
});

test('what it does not have is found at every depth', () => {
  for (const levels of [1, 2, 63, 64, 65, 200]) {
    assert.is(toJson(nested(7, levels)), JSON.stringify(nested(7, levels), undefined, 2));
    assert.is(toJson(nested(7n, levels)), JSON.stringify(nested(7, levels), undefined, 2));
    assert.is(toJson(nested(Float32Array.of(1.5), levels)), JSON.stringify(nested([1.5], levels), undefined, 2));
    for (const unfit of [() => 1, Symbol('x'), Promise.resolve(), { [Symbol.asyncIterator]: async function* () {} }])
      assert.throws(() => toJson(nested(unfit, levels)), /expected/);
  }
});

test.run();
