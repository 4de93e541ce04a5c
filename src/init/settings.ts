import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import type { PixelRange } from '#conventions/pixels.js';
import { MarError } from '#errors/mar-error.js';
import { describeValue, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import { typeFaults, zipMaps } from '#models/onnx/runtime-types.js';
import { namedClasses } from './choose-template.js';
import type { FoundModel } from './found/find-models.js';
import { GENERATED_LABELS } from './found/name-labels.js';
import type { Survey } from './found/survey.js';
import { pixelSettings } from './pixels.js';
import { findsBoxes, takesPixels } from './shape/boxes-output.js';
import { type ClassOutput, classOutput } from './shape/class-output.js';
import { type ImageInput, imageInput } from './shape/model-shape.js';
import { NEEDS_NO_MODEL, type Template } from './template.js';

/** What replaces `__NAME__` in the files of a template. */
export type ProjectSettings = Readonly<Record<string, string>>;

/** What a model has to be for its template. */
export interface Fit {
  readonly image?: ImageInput;
  readonly classes?: ClassOutput;
}

/** Refuses a model that its template cannot run, before anything is asked: `ERR_TEMPLATE_MODEL`, `ERR_MODEL_MISSING`, `ERR_TOKENIZER_MISSING`, `ERR_MODEL_TYPE`. */
export function fitOf(template: Template, model: FoundModel | undefined, survey: Survey): Fit {
  if (NEEDS_NO_MODEL.includes(template)) return {};
  const onnx = model?.onnx;
  if (!model || !onnx) {
    throw new MarError(`The template '${template}' needs an ONNX model, and the directory holds none.`, {
      code: 'ERR_MODEL_MISSING',
      hint: 'Put the .onnx file into the directory first, or take the template custom-service.',
    });
  }
  refuseTypes(model.file, onnx, template);
  if (template === 'tensor') return {};
  if (template === 'text-classifier') {
    if (survey.tokenizer !== undefined) return {};
    throw new MarError(`A text classifier needs its tokenizer, and there is no ${TOKENIZER_FILE} beside the model.`, {
      code: 'ERR_TOKENIZER_MISSING',
      hint: 'Save it with the model (Hugging Face: tokenizer.save_pretrained(DIR)), or take --template tensor, which has token ids sent to it.',
    });
  }
  const [first, ...others] = onnx.inputs;
  const image = others.length === 0 ? imageInput(first) : undefined;
  if (!image) throw unfit(template, onnx, 'one image, [1,3,H,W] or [1,H,W,3]');
  if (template === 'object-detector') {
    if (onnx.outputs.length === 1 ? onnx.outputs[0]?.dims?.length === 3 : findsBoxes(onnx, undefined)) return { image };
    throw unfit(template, onnx, 'outputs for boxes [N,4] and for scores, or one for both');
  }
  const named = namedClasses(onnx, survey);
  const [output] = onnx.outputs;
  const rows = output?.type === 'float32' && output.dims?.length === 2 && onnx.outputs.length === 1;
  if (!output || !rows) throw unfit(template, onnx, 'one output float32 [1,classes]');
  const last = output.dims?.[1];
  const classes = classOutput(onnx, named) ?? {
    name: output.name,
    classes: typeof last === 'number' ? last : undefined,
    isProbability: false,
  };
  return { image, classes };
}

/** The settings of a template, read from the model and from what was answered. Without `pixels` a detector leaves them to its service. */
export function settingsFor(
  template: Template,
  model: FoundModel | undefined,
  { image, classes }: Fit,
  { labels }: Survey,
  pixels: PixelRange | undefined,
): ProjectSettings {
  const classSettings = labels ? { classes: { labels: labels.file } } : {};
  const imageSettings = pixels === undefined || image?.type === 'uint8' ? {} : { image: pixelValues(pixels) };
  const service = template === 'object-detector' ? { ...imageSettings, ...classSettings } : classSettings;
  return {
    MODEL_FILE: model?.file ?? '',
    LABELS_FILE: labels?.file ?? GENERATED_LABELS,
    SERVICE: Object.entries(service)
      .map(([key, value]) => `${JSON.stringify(key)}: ${text(value)},\n  `)
      .join(''),
    ...(image && {
      WIDTH: String(image.width),
      HEIGHT: String(image.height),
      LAYOUT: image.layout,
      CHANNELS: image.channels,
      TYPE: image.type,
      OUTPUT: classes?.name ?? '',
      IS_PROBABILITY: String(classes?.isProbability ?? false),
      ...pixelSettings(image.type === 'uint8' ? '0..255' : (pixels ?? defaultPixels(image))),
    }),
  };
}

/** What a template takes where nobody says. */
export function usualPixels(template: Template, model: FoundModel | undefined, { image }: Fit): PixelRange {
  if (template === 'object-detector') return model?.onnx && takesPixels(model.onnx) ? '0..255' : '0..1';
  return image ? defaultPixels(image) : '0..1';
}

/** Where nobody says: photographs as ImageNet has them; a grey image has no statistics there. */
function defaultPixels({ channels, type }: ImageInput): PixelRange {
  if (type === 'uint8') return '0..255';
  return channels === 'GRAY' ? '0..1' : 'imagenet';
}

function pixelValues(pixels: PixelRange) {
  const { MEAN, SCALE } = pixelSettings(pixels);
  return { mean: JSON.parse(MEAN) as unknown, scale: JSON.parse(SCALE) as unknown };
}

/** One line of JSON, spaced as people write it. */
function text(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll(/\s+/g, ' ');
}

/** What this runner cannot send or answer is known from the file. */
function refuseTypes(file: string, onnx: OnnxModel, template: Template): void {
  const maps = zipMaps(onnx);
  const fault = typeFaults(onnx).find(({ isFatal, name }) => isFatal || (template === 'tensor' && !maps.has(name)));
  if (!fault) return;
  throw new MarError(`The ${fault.direction} '${fault.name}' of ${file} ${fault.problem} ONNX Runtime for Node.`, {
    code: 'ERR_MODEL_TYPE',
    hint: fault.remedy,
  });
}

function unfit(template: Template, onnx: OnnxModel, expected: string): MarError {
  const list = (values: readonly OnnxValue[]) =>
    values.map((value) => `${value.name} ${describeValue(value)}`).join(', ');
  return new MarError(`The model does not fit the template '${template}', which needs ${expected}.`, {
    code: 'ERR_TEMPLATE_MODEL',
    detail: `  inputs:  ${list(onnx.inputs)}\n  outputs: ${list(onnx.outputs)}`,
  });
}
