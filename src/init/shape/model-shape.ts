import { imageAxes, type Layout } from '#conventions/layout.js';
import type { OnnxModel, OnnxValue } from '#models/onnx/model.js';

/** An image input: what `imageTensor` has to make. */
export interface ImageInput {
  readonly width: number;
  readonly height: number;
  readonly layout: Layout;
  readonly channels: 'RGB' | 'GRAY';
  readonly type: 'float32' | 'float16' | 'uint8';
}

/** Edge length assumed where a model takes images of any size. */
const ANY_SIZE = 224;

const IMAGE_TYPES = ['float32', 'float16', 'uint8'] as const;

/** The value as an image, or undefined when it is none. */
export function imageInput(value: OnnxValue | undefined): ImageInput | undefined {
  const type = IMAGE_TYPES.find((one) => one === value?.type);
  if (!type || value?.dims?.length !== 4) return undefined;
  const { layout, height, width, channels } = imageAxes(value.dims);
  const edge = (dim: unknown) => (typeof dim === 'number' && dim > 0 ? dim : ANY_SIZE);
  const colours = channels === 3 ? 'RGB' : channels === 1 ? 'GRAY' : undefined;
  return colours && { height: edge(height), width: edge(width), layout, channels: colours, type };
}

/** True when the inputs are those of a language model: token ids and their mask. */
export function takesTokens(model: OnnxModel): boolean {
  const [first] = model.inputs;
  return first?.type === 'int64' && model.inputs.some(({ name }) => /input_ids|attention_mask/.test(name));
}
