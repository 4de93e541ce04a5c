import { PIXEL_RANGES } from '#conventions/pixels.js';
import { describeValue } from '#models/onnx/model.js';
import type { FoundModel } from './found/find-models.js';
import { TEMPLATE_SUMMARIES } from './template.js';

/** A question that only a person can answer. */
export interface Question {
  readonly about: 'model' | 'template' | 'labels' | 'pixels';
  readonly text: string;
  /** What can be answered, with what it means; free text without. */
  readonly choices?: Readonly<Record<string, string>>;
  /** What an empty answer means. */
  readonly otherwise: string;
}

/** Puts a question; returns one of its choices, or the text that was typed (`''` for none). */
export type Ask = (question: Question) => Promise<string>;

export const TEMPLATE_QUESTION: Question = {
  about: 'template',
  text: 'There is no model in the directory. What will the archive hold?',
  choices: TEMPLATE_SUMMARIES,
  otherwise: 'custom-service',
};

/** `otherwise` is what the template takes where nobody says. */
export const pixelsQuestion = (otherwise: string): Question => ({
  about: 'pixels',
  text: 'The model does not say which channel values it was trained with. Which are they?',
  choices: PIXEL_RANGES,
  otherwise,
});

export const LABELS_QUESTION: Question = {
  about: 'labels',
  text: 'Which file names the classes, one per line?',
  otherwise: 'made-up names',
};

/** Which of several models the archive serves. */
export function modelQuestion(models: readonly FoundModel[]): Question {
  const shapes = ({ onnx }: FoundModel): string =>
    onnx
      ? `${onnx.inputs.map(describeValue).join(', ')} to ${onnx.outputs.map(describeValue).join(', ')}`
      : 'not looked into';
  return {
    about: 'model',
    text: 'There are several models in the directory. Which one answers the requests?',
    choices: Object.fromEntries(models.map((model) => [model.file, shapes(model)])),
    otherwise: models[0]?.file ?? '',
  };
}
