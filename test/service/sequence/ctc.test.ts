import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ctcDecode } from '#service/index.js';
import { thrown } from '../../support/rejects.js';
import { recorded, tensorOf } from '../numeric/recorded.js';

const { logits, labels, read, blankLast } = recorded.ctc;

test('CTC: what numpy reads, sequences first or steps first', () => {
  const output = tensorOf(logits);
  assert.equal(ctcDecode(output, { labels }), read);
  assert.equal(ctcDecode(output, { labels, blank: -1 }), blankLast);
  assert.ok(
    read.some(({ text }) => /(.)\1/.test(text)),
    'a letter twice, with a blank between',
  );
  assert.equal(ctcDecode(output)[0], { ...read[0], text: '' });
  const [sequences = 0, steps = 0, classes = 0] = output.dims;
  const turned = new Float32Array(output.data.length);
  for (let at = 0; at < turned.length; at++) {
    const [row, column] = [Math.floor(at / classes), at % classes];
    const [sequence, step] = [Math.floor(row / steps), row % steps];
    turned[(step * sequences + sequence) * classes + column] = Number(output.data[at]);
  }
  const stepsFirst = { type: 'float32', data: turned, dims: [steps, sequences, classes] } as const;
  assert.equal(ctcDecode(stepsFirst, { labels, layout: 'TNC' }), read);
  const alone = { type: 'float32', data: turned.subarray(0, 8), dims: [2, classes] } as const;
  assert.equal(ctcDecode(alone), ctcDecode(alone, { layout: 'TNC' }));
});

test('CTC: labels and blank have to fit the classes', () => {
  const output = tensorOf(logits);
  const why = (run: () => unknown): string => thrown(run).message;
  assert.match(
    why(() => ctcDecode(output, { labels: ['a'] })),
    '1 labels for 4 classes',
  );
  assert.match(
    why(() => ctcDecode(output, { blank: 4 })),
    'The blank is class 4, and the output has 4',
  );
  assert.match(
    why(() => ctcDecode({ ...output, dims: [168] })),
    'float32[168], expected [sequences,steps,classes]',
  );
});

test.run();
