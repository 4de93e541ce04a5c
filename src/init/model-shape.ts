import { imageAxes, type Layout } from '#conventions/layout.js';
import type { OnnxModel, OnnxValue } from '#models/onnx/model.js';

/** An image input: what `imageTensor` has to make. */
export interface ImageInput {
  readonly width: number;
  readonly height: number;
  readonly layout: Layout;
  readonly channels: 'RGB' | 'GRAY';
}

/** Edge length assumed where a model takes images of any size. */
const ANY_SIZE = 224;

/** The value as an image of float32 channel values, or undefined when it is none. */
export function imageInput(value: OnnxValue | undefined): ImageInput | undefined {
  if (value?.type !== 'float32' || value.dims?.length !== 4) return undefined;
  const { layout, height, width, channels } = imageAxes(value.dims);
  const edge = (dim: unknown) => (typeof dim === 'number' && dim > 0 ? dim : ANY_SIZE);
  const colours = channels === 3 ? 'RGB' : channels === 1 ? 'GRAY' : undefined;
  return colours && { height: edge(height), width: edge(width), layout, channels: colours };
}

/** True for the outputs of a detector: boxes and their scores, or one output `[1, boxes, columns]` or `[1, columns, boxes]`. */
export function findsBoxes({ outputs }: OnnxModel): boolean {
  const boxes = outputs.some(({ name, dims }) => /box/i.test(name) || ((dims?.length ?? 0) > 1 && dims?.at(-1) === 4));
  return outputs.length > 1 ? boxes : outputs[0]?.dims?.length === 3;
}

/** The only output with one number for each class: its name, how many classes, and whether softmax is in the model. */
export interface ClassOutput {
  readonly name: string;
  readonly classes: number | undefined;
  readonly isProbability: boolean;
}

export function classOutput(model: OnnxModel): ClassOutput | undefined {
  const [output, ...others] = model.outputs;
  if (!output || others.length > 0 || output.dims?.length !== 2) return undefined;
  const last = output.dims[1];
  const producer = model.nodes.findLast(({ outputs }) => outputs.includes(output.name));
  return {
    name: output.name,
    classes: typeof last === 'number' ? last : undefined,
    isProbability: producer?.operator === 'Softmax',
  };
}

/** True when the inputs are those of a language model: token ids and their mask. */
export function takesTokens(model: OnnxModel): boolean {
  const [first] = model.inputs;
  return first?.type === 'int64' && model.inputs.some(({ name }) => /input_ids|attention_mask/.test(name));
}
