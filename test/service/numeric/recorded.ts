import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { CtcSequence, TensorLike } from '#service/index.js';
import { ELEMENT_ARRAYS, isNumeric } from '#service/tensor.js';

/** A tensor with its bytes in base64. */
export interface RecordedTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: string;
}

/** What numpy, onnxruntime and scipy make of tensors and sounds, see test/recordings/service/numeric.py. */
interface Recorded {
  readonly x: RecordedTensor;
  readonly axes: readonly {
    readonly axis: number;
    readonly softmax: RecordedTensor;
    readonly argmax: RecordedTensor;
    readonly topk: readonly [RecordedTensor, RecordedTensor];
    readonly l2: RecordedTensor;
  }[];
  readonly sigmoid: RecordedTensor;
  readonly halves: RecordedTensor;
  readonly softmaxOfHalves: RecordedTensor;
  readonly pool: Readonly<Record<'vectors' | 'mask' | 'mean', RecordedTensor>>;
  readonly pad: {
    readonly sequences: readonly RecordedTensor[];
    readonly fill: number;
    readonly tensor: RecordedTensor;
    readonly mask: RecordedTensor;
  };
  readonly ctc: {
    readonly logits: RecordedTensor;
    readonly labels: readonly string[];
    readonly read: readonly CtcSequence[];
    readonly blankLast: readonly CtcSequence[];
  };
  readonly sound: RecordedTensor;
  readonly resampled: readonly { readonly from: number; readonly to: number; readonly samples: RecordedTensor }[];
  readonly wav: readonly {
    readonly name: string;
    readonly rate: number;
    readonly file: string;
    readonly channels: readonly RecordedTensor[];
  }[];
}

export const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../recordings/service/numeric.json', import.meta.url), 'utf8'),
);

/** The tensor that was recorded. */
export function tensorOf({ type, dims, data }: RecordedTensor): TensorLike {
  if (!isNumeric(type)) throw new Error(`a recorded tensor of ${type}`);
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  return { type, data: new ELEMENT_ARRAYS[type](bytes.buffer), dims };
}

/** Holds the shape, and each element to `tolerance`. */
export function isNear(found: TensorLike, expected: RecordedTensor, tolerance: number): void {
  assert.equal(found.dims, expected.dims);
  const { data } = tensorOf(expected);
  assert.is(found.data.length, data.length);
  for (let at = 0; at < data.length; at++) {
    const away = Math.abs(Number(found.data[at]) - Number(data[at]));
    assert.ok(away <= tolerance, `element ${at} is ${away} away`);
  }
}
