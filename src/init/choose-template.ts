import { parseLabelProperty } from '#conventions/label-files.js';
import type { OnnxModel } from '#models/onnx/model.js';
import type { FoundModel } from './found/find-models.js';
import type { Survey } from './found/survey.js';
import { findsBoxes } from './shape/boxes-output.js';
import { classOutput } from './shape/class-output.js';
import { imageInput, takesTokens } from './shape/model-shape.js';
import type { Template } from './template.js';

/**
 * The template that fits what was found; undefined when nothing was, so that somebody has to say. A model is taken for what
 * its names, its labels and the end of its graph show; whatever is not shown is the template tensor, which answers any model rightly.
 */
export function chooseTemplate(model: FoundModel | undefined, survey: Survey): Template | undefined {
  if (!model) return undefined;
  const { onnx } = model;
  if (!onnx) return 'python-service';
  const named = namedClasses(onnx, survey);
  const classes = classOutput(onnx, named);
  if (takesTokens(onnx)) return classes && isFloat32(onnx) ? 'text-classifier' : 'tensor';
  if (onnx.inputs.length !== 1 || !imageInput(onnx.inputs[0])) return 'tensor';
  if (findsBoxes(onnx, named)) return 'object-detector';
  return classes && isFloat32(onnx) ? 'image-classifier' : 'tensor';
}

/** How many classes somebody has named, in a file or inside the model. */
export function namedClasses(onnx: OnnxModel, { labels }: Pick<Survey, 'labels'>): number | undefined {
  return labels?.count ?? (parseLabelProperty(onnx.metadata).length || undefined);
}

/** Scores in half precision are answered by the service tensor alone. */
function isFloat32({ outputs }: OnnxModel): boolean {
  return outputs[0]?.type === 'float32';
}
