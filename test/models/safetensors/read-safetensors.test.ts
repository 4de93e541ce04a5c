import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerFault } from '#models/safetensors/read-safetensors.js';

const tensor = (
  begin: number,
  end: number,
  shape: readonly unknown[] = [(end - begin) / 4],
  dtype: unknown = 'F32',
) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const CASES: readonly (readonly [what: string, header: unknown, bytes: number, fault: string | undefined])[] = [
  ['two tensors side by side', { b: tensor(8, 16), a: tensor(0, 8) }, 16, undefined],
  ['metadata of texts', { __metadata__: { format: 'pt' }, a: tensor(0, 8) }, 8, undefined],
  ['a scalar and an empty tensor', { a: tensor(0, 4, []), b: tensor(4, 4, [0, 3]) }, 4, undefined],
  ['no tensor', {}, 0, undefined],
  ['a list', [], 0, 'has a header that is not a JSON object'],
  ['metadata of numbers', { __metadata__: { step: 3 } }, 0, 'has __metadata__ that holds something other than texts'],
  [
    'a gap',
    { a: tensor(0, 8), b: tensor(12, 16) },
    16,
    'has a tensor "b" at byte 12 of the data, where the one before it ends at 8',
  ],
  [
    'an overlap',
    { a: tensor(0, 8), b: tensor(4, 12) },
    12,
    'has a tensor "b" at byte 4 of the data, where the one before it ends at 8',
  ],
  ['data behind the last one', { a: tensor(0, 8) }, 12, 'has 12 bytes of data, where its tensors take 8'],
  ['data that is cut', { a: tensor(0, 8) }, 4, 'has 4 bytes of data, where its tensors take 8'],
  ['another size', { a: tensor(0, 8, [3]) }, 8, 'has a tensor "a" of 12 bytes that is said to lie in 8'],
  [
    'an unknown type',
    { a: tensor(0, 8, [2], 'float32') },
    8,
    'has a tensor "a" of a type that the format does not know: "float32"',
  ],
  [
    'a type of Object',
    { a: tensor(0, 8, [2], 'toString') },
    8,
    'has a tensor "a" of a type that the format does not know: "toString"',
  ],
  ['a negative axis', { a: tensor(0, 8, [-2]) }, 8, 'has a tensor "a" whose shape is not a list of whole numbers'],
  [
    'no offsets',
    { a: { dtype: 'F32', shape: [2] } },
    8,
    'has a tensor "a" whose data_offsets are not two whole numbers',
  ],
  ['a text in place of a tensor', { a: 'x' }, 8, 'has a tensor "a" that is not an object'],
];

for (const [what, header, bytes, fault] of CASES)
  test(what, () => {
    assert.is(headerFault(JSON.stringify(header), bytes), fault);
  });

test('a header that is not JSON', () => {
  assert.is(headerFault('{"a": ', 0), 'has a header that is not JSON');
  assert.is(headerFault(' {}', 0), 'has a header that is not a JSON object');
});

test.run();
