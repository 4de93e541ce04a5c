import type { PixelRange } from '#conventions/pixels.js';
import type { ExistingService } from '#handler/find-service.js';
import { namedClasses } from './choose-template.js';
import type { FoundModel } from './found/find-models.js';
import { GENERATED_LABELS, labelsInside } from './found/name-labels.js';
import type { Survey } from './found/survey.js';
import { maybeBoxes } from './shape/boxes-output.js';
import { classOutput } from './shape/class-output.js';
import { NEEDS_NO_MODEL, type Template } from './template.js';

/** Which of several models the project runs. */
export function notesOnModels(
  { models }: Survey,
  model: FoundModel | undefined,
  template: Template,
  service: ExistingService | undefined,
): string[] {
  if (!model?.onnx || models.length < 2 || service || NEEDS_NO_MODEL.includes(template)) return [];
  const others = models.filter((one) => one !== model).map(({ file }) => file);
  return [
    `${model.file} answers the requests; ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} packed beside it. Another one: --model FILE; all of them: a service of your own (--template custom-service).`,
  ];
}

/** Labels that are made up, or do not fit the model. */
export function notesOnLabels(
  model: FoundModel | undefined,
  survey: Survey,
  project: ReadonlyMap<string, Buffer>,
): string[] {
  const { labels } = survey;
  const classes = model?.onnx && classOutput(model.onnx, namedClasses(model.onnx, survey))?.classes;
  if (!labels) {
    const areMadeUp = project.has(GENERATED_LABELS) && !labelsInside(model, classes);
    return areMadeUp ? [`${GENERATED_LABELS} holds made-up names: put the real ones there, one per line.`] : [];
  }
  if (classes === undefined || labels.count === classes) return [];
  return [`${labels.file} has ${labels.count} labels, but the model has ${classes} classes.`];
}

/** An output that was not taken for boxes, since nothing but its shape speaks for it. */
export function notesOnBoxes(model: FoundModel | undefined, template: Template): string[] {
  const output = template === 'tensor' && model?.onnx ? maybeBoxes(model.onnx) : undefined;
  if (output === undefined) return [];
  return [
    `${output} may hold boxes (corners, score, class number), but nothing in the graph shows it: the service tensor answers its numbers as they are; --template object-detector reads them as boxes.`,
  ];
}

const RANGE_WORDS: Readonly<Record<PixelRange, string>> = {
  imagenet: 'the values of ImageNet (--pixels imagenet)',
  '0..1': 'values of 0 to 1 (--pixels 0..1)',
  '-1..1': 'values of -1 to 1 (--pixels -1..1)',
  '0..255': 'the channel values as they are (--pixels 0..255)',
};

/** What was assumed of the channel values. */
export function notesOnPixels(template: Template, usual: PixelRange, written: readonly string[]): string[] {
  const file = template === 'object-detector' ? 'service.json' : 'service.ts';
  if (!written.includes(file)) return [];
  const has = template === 'object-detector' ? 'object_detector takes' : `${file} has`;
  return [
    `The model does not say how images are normalised: ${has} ${RANGE_WORDS[usual]}, compare them with your training.`,
  ];
}
