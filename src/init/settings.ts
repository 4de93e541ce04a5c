import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import type { PixelRange } from '#conventions/pixels.js';
import { MarError } from '#errors/mar-error.js';
import { describeValue, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import { classOutput, findsBoxes, imageInput } from './model-shape.js';
import { GENERATED_LABELS } from './name-labels.js';
import { pixelSettings } from './pixels.js';
import type { Survey } from './survey.js';
import type { Template } from './template.js';

/** What replaces `__NAME__` in the files of a template. */
export type ProjectSettings = Readonly<Record<string, string>>;

/** The settings of a template, read from the model and from what was answered; throws `ERR_TEMPLATE_MODEL` when the model does not fit it. */
export function settingsFor(
  template: Template,
  { model, labels, tokenizer }: Survey,
  pixels: PixelRange,
): ProjectSettings {
  const file = {
    MODEL_FILE: model?.file ?? '',
    LABELS_FILE: labels?.file ?? GENERATED_LABELS,
    CLASSES: JSON.stringify(labels ? { labels: labels.file } : {}),
  };
  if (template === 'custom-service' || template === 'python-service') return file;
  const onnx = model?.onnx;
  if (!onnx) {
    throw new MarError(`The template '${template}' needs an ONNX model, and the directory holds none.`, {
      code: 'ERR_MODEL_MISSING',
      hint: 'Put the .onnx file into the directory first, or take the template custom-service.',
    });
  }
  if (template === 'tensor') return { ...file, EXAMPLE: JSON.stringify(exampleInputs(onnx)) };
  if (template === 'text-classifier') {
    if (tokenizer !== undefined) return file;
    throw new MarError(`A text classifier needs its tokenizer, and there is no ${TOKENIZER_FILE} beside the model.`, {
      code: 'ERR_TOKENIZER_MISSING',
    });
  }
  return { ...file, ...imageSettings(template, onnx), ...pixelSettings(pixels) };
}

function imageSettings(template: Template, onnx: OnnxModel): ProjectSettings {
  const [first, ...others] = onnx.inputs;
  const image = others.length === 0 ? imageInput(first) : undefined;
  if (!image) throw unfit(template, onnx, 'one float32 image, [1,3,H,W] or [1,H,W,3]');
  if (template === 'object-detector') {
    if (!findsBoxes(onnx)) throw unfit(template, onnx, 'outputs for boxes [N,4] and for scores, or one for both');
    return {};
  }
  const output = classOutput(onnx);
  if (!output) throw unfit(template, onnx, 'one output [1,classes]');
  return {
    WIDTH: String(image.width),
    HEIGHT: String(image.height),
    LAYOUT: image.layout,
    CHANNELS: image.channels,
    OUTPUT: output.name,
    IS_PROBABILITY: String(output.isProbability),
  };
}

function unfit(template: Template, onnx: OnnxModel, expected: string): MarError {
  const list = (values: readonly OnnxValue[]) =>
    values.map((value) => `${value.name} ${describeValue(value)}`).join(', ');
  return new MarError(`The model does not fit the template '${template}', which needs ${expected}.`, {
    code: 'ERR_TEMPLATE_MODEL',
    detail: `  inputs:  ${list(onnx.inputs)}\n  outputs: ${list(onnx.outputs)}`,
  });
}

/** Zeros for each input, as nested lists; a dimension that may vary is 1. */
function exampleInputs(onnx: OnnxModel): Record<string, unknown> {
  const zero = (type: string) => (type === 'string' ? '' : type === 'bool' ? false : 0);
  const fill = (dims: readonly unknown[], value: unknown): unknown => {
    const [dim, ...rest] = dims;
    if (dims.length === 0) return value;
    return Array.from({ length: typeof dim === 'number' ? dim : 1 }, () => fill(rest, value));
  };
  return Object.fromEntries(onnx.inputs.map(({ name, type, dims }) => [name, fill(dims ?? [1], zero(type))]));
}
