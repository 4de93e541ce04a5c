import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configText } from '../../../src/convert/onnx/config-text.js';

test('fields in order, messages in braces, lists of scalars in one line, lists of messages repeated', () => {
  const text = configText({
    fields: {
      name: { text: 'a "b" \\ ü\n' },
      kind: { word: 'TYPE_FP32' },
      left_out: undefined,
      dims: [{ word: -1 }, { word: 3 }],
      none: [],
      part: [{ fields: { a: { word: 1 } } }, { fields: { a: { word: 2 } } }],
      empty: { fields: {} },
    },
  });
  assert.is(
    text,
    [
      'name: "a \\"b\\" \\\\ \\303\\274\\012"',
      'kind: TYPE_FP32',
      'dims: [-1, 3]',
      'none: []',
      'part {',
      '  a: 1',
      '}',
      'part {',
      '  a: 2',
      '}',
      'empty {',
      '}',
      '',
    ].join('\n'),
  );
});

test.run();
