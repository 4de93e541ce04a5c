import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { softmax, topK } from '#service/index.js';

test('softmax sums to 1, keeps the order and survives large logits', () => {
  const float = fc.float({ min: -1000, max: 1000, noNaN: true });
  fc.assert(
    fc.property(fc.array(float, { minLength: 1, maxLength: 50 }), (logits) => {
      const probabilities = softmax(logits);
      assert.ok(Math.abs(probabilities.reduce((sum, value) => sum + value, 0) - 1) < 1e-4);
      const best = logits.indexOf(Math.max(...logits));
      assert.is(probabilities[best], Math.max(...probabilities));
    }),
  );
  assert.equal([...softmax([1e38, 1e38])], [0.5, 0.5]);
});

test('the best classes come first; ties keep the order of the labels; a missing label is its index', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (values, k) => {
        const labels = values.map((_, index) => `label ${index}`);
        const expected = values
          .map((probability, index) => ({ probability, class: labels[index] ?? '' }))
          .sort((one, other) => other.probability - one.probability)
          .slice(0, k);
        assert.equal(topK(values, labels, k), expected);
      },
    ),
  );
  assert.equal(topK([0.1, 0.9], ['only'], 1), [{ probability: 0.9, class: '1' }]);
});

test.run();
