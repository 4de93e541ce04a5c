import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { floats, int64, numbersOf, type TensorValues, tensor } from '#service/index.js';

test('a tensor has the shape of its lists, or the one that is given', () => {
  assert.equal(
    floats([
      [1, 2],
      [3, 4.5],
    ]),
    { type: 'float32', data: Float32Array.of(1, 2, 3, 4.5), dims: [2, 2] },
  );
  assert.equal(floats([1, 2], [1, 2, 1]).dims, [1, 2, 1]);
  assert.equal(floats(7), { type: 'float32', data: Float32Array.of(7), dims: [] });
  assert.equal(floats([[], []]).dims, [2, 0]);
  assert.equal(floats([Float64Array.of(1, 2), [3, 4]]).dims, [2, 2]);
  assert.equal(tensor('string', [['a'], ['b']]), { type: 'string', data: ['a', 'b'], dims: [2, 1] });
});

test('numbers become the elements of each type', () => {
  const cases: [type: Parameters<typeof tensor>[0], values: TensorValues, data: unknown][] = [
    ['int64', [1, -2n, 2n ** 63n - 1n], BigInt64Array.of(1n, -2n, 2n ** 63n - 1n)],
    ['uint64', [2n ** 64n - 1n, 0], BigUint64Array.of(2n ** 64n - 1n, 0n)],
    ['bool', [true, false, 1], Uint8Array.of(1, 0, 1)],
    ['float16', [1, -2], Uint16Array.of(0x3c00, 0xc000)],
    ['float16', Uint16Array.of(0x3c00), Uint16Array.of(0x3c00)],
    ['uint8', [255], Uint8Array.of(255)],
    ['float64', Float32Array.of(0.5), Float64Array.of(0.5)],
    ['int8', Int32Array.of(-128), Int8Array.of(-128)],
  ];
  for (const [type, values, data] of cases) assert.equal(tensor(type, values).data, data, type);
  assert.equal(int64(16000), { type: 'int64', data: BigInt64Array.of(16000n), dims: [] });
  const own = new Float32Array(4);
  assert.is(floats(own, [2, 2]).data, own, 'a typed array of the type is taken as it is');
  assert.equal([...Array.from(numbersOf(tensor('float16', [0.5, 3])))], [0.5, 3]);
});

test('what a type cannot hold is refused, never wrapped', () => {
  const wrong: [make: () => unknown, message: string][] = [
    [() => tensor('uint8', [1, 256]), 'A tensor of uint8 cannot be made. Element 1 is 256, expected 0 to 255.'],
    [() => tensor('uint8', [-1]), 'Element 0 is -1, expected 0 to 255'],
    [() => int64([1.5]), 'Element 0 is 1.5, expected a whole number'],
    [() => int64([2 ** 53]), 'expected a whole number, a BigInt from 2^53 on'],
    [() => int64([2n ** 63n]), 'expected -9223372036854775808 to 9223372036854775807'],
    [() => tensor('bool', [2]), 'Element 0 is 2, expected 0 to 1'],
    [() => tensor('bool', Uint8Array.of(2)), 'Element 0 is 2, expected 0 to 1'],
    [() => floats(['1']), 'Element 0 is "1", expected a number'],
    [() => tensor('string', ['a', 1]), 'Element 1 is 1, expected a text'],
    [() => floats([[1, 2], [3]]), 'ragged: a list of 1 where the first is a list of 2'],
    [() => floats([1, [2]]), 'ragged: a list of 1 where the first is an element'],
    [() => floats([[1], 2]), 'ragged: an element where the first is a list of 1'],
    [() => floats([1, 2, 3], [2, 2]), 'It has 3 elements, expected 4 for the shape [2,2]'],
    [() => floats([1], [-1]), 'Its shape is [-1], expected whole numbers'],
    [() => floats(new DataView(new ArrayBuffer(4))), 'a view without elements'],
    [() => tensor('int4', [1]), 'Its type has no typed array'],
  ];
  for (const [make, message] of wrong) {
    try {
      make();
    } catch (error) {
      assert.ok(error instanceof MarError && error.code === 'ERR_SERVICE_ARGUMENT', String(error));
      assert.match(error.message, message);
      continue;
    }
    assert.unreachable(message);
  }
});

test.run();
