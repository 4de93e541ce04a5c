import { classOutput, findsBoxes, imageInput, takesTokens } from './model-shape.js';
import type { Survey } from './survey.js';
import type { Template } from './template.js';

/** The template that fits what was found; undefined when nothing was, so that somebody has to say. */
export function chooseTemplate({ model }: Survey): Template | undefined {
  if (!model) return undefined;
  if (!model.onnx) return 'python-service';
  const { onnx } = model;
  if (takesTokens(onnx)) return 'text-classifier';
  if (onnx.inputs.length !== 1 || !imageInput(onnx.inputs[0])) return 'tensor';
  if (findsBoxes(onnx)) return 'object-detector';
  return classOutput(onnx) ? 'image-classifier' : 'tensor';
}
