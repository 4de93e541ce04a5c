import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { argmax, l2Normalise, meanPool, padSequences, sigmoid, softmax, topValues } from '#service/index.js';
import { thrown } from '../../support/rejects.js';
import { isNear, recorded, tensorOf } from './recorded.js';

const x = tensorOf(recorded.x);

for (const { axis, softmax: probabilities, argmax: largest, topk, l2 } of recorded.axes) {
  test(`along axis ${axis}: softmax, argmax, top-k and normalisation as by onnxruntime`, () => {
    isNear(softmax(x, axis), probabilities, 1e-6);
    isNear(argmax(x, axis), largest, 0);
    const { values, indices } = topValues(x, 3, axis);
    isNear(values, topk[0], 0);
    isNear(indices, topk[1], 0);
    isNear(l2Normalise(x, axis), l2, 1e-6);
  });
}

test('sigmoid, and halves', () => {
  isNear(sigmoid(x), recorded.sigmoid, 1e-6);
  isNear(softmax(tensorOf(recorded.halves)), recorded.softmaxOfHalves, 1e-6);
});

test('lists', () => {
  assert.equal(softmax([0, 0]), Float32Array.of(0.5, 0.5));
  assert.equal(softmax(Float32Array.of(1000, -1000)), Float32Array.of(1, 0));
  assert.equal(sigmoid([0, -1000, 1000]), Float32Array.of(0.5, 0, 1));
  assert.is(argmax([1, 3, 3, 2]), 1);
  assert.is(argmax([]), -1);
  assert.is(argmax([Number.NEGATIVE_INFINITY]), 0);
  assert.is(argmax([1, Number.NaN, 9]), 1);
});

test('mean pooling leaves out the filling; a text of nothing is zeros', () => {
  const { vectors, mask, mean } = recorded.pool;
  isNear(meanPool(tensorOf(vectors), tensorOf(mask)), mean, 1e-6);
  assert.equal(l2Normalise({ type: 'float32', data: new Float32Array(2), dims: [1, 2] }).data, new Float32Array(2));
});

test('sequences are filled up, and the mask says where', () => {
  const { sequences, fill, tensor, mask } = recorded.pad;
  const found = padSequences(sequences.map(tensorOf), { fill });
  isNear(found.tensor, tensor, 0);
  isNear(found.mask, mask, 0);
  const longer = padSequences(sequences.map(tensorOf), { length: 7 });
  assert.equal(longer.tensor.dims, [4, 7, 2]);
  assert.equal([...longer.mask.data].map(Number).slice(0, 7), [1, 1, 0, 0, 0, 0, 0]);
  const ids = [1, 2].map(
    (length) => ({ type: 'int64', data: BigInt64Array.of(5n, 6n).slice(0, length), dims: [length] }) as const,
  );
  assert.equal(padSequences(ids, { fill: 9 }).tensor.data, BigInt64Array.of(5n, 9n, 5n, 6n));
});

test('what does not fit says what was given and what is expected', () => {
  const why = (run: () => unknown): string => {
    const error = thrown(run);
    assert.is(error.code, 'ERR_SERVICE_ARGUMENT');
    return error.message;
  };
  assert.match(
    why(() => softmax(x, 3)),
    'Axis 3 is none of a tensor float32[3,4,5]',
  );
  assert.match(
    why(() => softmax(x, -4)),
    'Axis -4 is none',
  );
  assert.match(
    why(() => argmax({ ...x, dims: [2, 2] })),
    'float32[2,2] has 60 elements, expected 4',
  );
  assert.match(
    why(() => sigmoid({ type: 'string', data: ['a'], dims: [1] })),
    'string[1] holds no numbers',
  );
  assert.match(
    why(() => topValues(x, 6)),
    '6 of 5 elements',
  );
  assert.match(
    why(() => meanPool(x, x)),
    'a mask float32[3,4,5], expected [texts,tokens,size] and [texts,tokens]',
  );
  assert.match(
    why(() => padSequences([])),
    'is given no sequence',
  );
  const other = { type: 'float32', data: new Float32Array(2), dims: [1, 2] } as const;
  assert.match(
    why(() => padSequences([x, other])),
    'is given float32[1,2], expected float32[steps,4,5] with at most 3',
  );
  assert.match(
    why(() => padSequences([x], { length: 2 })),
    'with at most 2 steps',
  );
});

test.run();
