import { MarError } from '#errors/mar-error.js';
import { toImage } from '../boxes/box.js';
import { suppressOverlaps } from '../boxes/suppress-overlaps.js';
import type { Context } from '../context.js';
import type { Placement } from '../image/fit-image.js';
import type { ImageOptions, Size } from '../image/image-options.js';
import { placedImage } from '../image/image-tensor.js';
import type { Inputs } from '../inputs.js';
import { type Preprocessed, preprocessed } from '../onnx/preprocessed.js';
import type { Tensors } from '../tensor.js';
import { BuiltinService } from './builtin-service.js';
import type { BoxesConfig } from './config.js';
import { type Detector, guessFormat, imageDefaults } from './detector-family.js';
import { findBoxes } from './find-boxes.js';
import { imageInputSize, imageOptions } from './image-options.js';
import { findLabels } from './labels.js';
import { refuseNoImage } from './request-form.js';

/** One found object; the box is x1, y1, x2, y2 in pixels of the image that was sent. */
export interface Detection {
  readonly label: string;
  readonly score: number;
  readonly box: readonly number[];
}

/** `object_detector`: an image in, the found objects out, best first, as `[{label, score, box}, …]`. */
export class ObjectDetector extends BuiltinService<Placement> {
  protected readonly name = 'object_detector';
  #labels: readonly string[] = [];
  #image: ImageOptions & { readonly size: Size } = { size: { width: 0, height: 0 } };
  #boxes: BoxesConfig = {};

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    const { image = {}, boxes = {} } = this.config;
    if (image.fit === 'crop') {
      throw new MarError("object_detector looks at the whole image: image.fit must be 'letterbox' or 'stretch'.", {
        code: 'ERR_SERVICE_CONFIG',
      });
    }
    this.#labels = await findLabels(context, this.config.classes ?? {}, this.metadata);
    const [input] = this.session.inputs;
    const detector: Detector = {
      outputs: this.session.outputs.map((output) => (output.isTensor ? output.shape : [])),
      input: imageInputSize(image, input),
      operators: this.session.model?.operators,
    };
    const format = boxes.format ?? guessFormat(detector);
    this.#boxes = { ...boxes, ...(format && { format }) };
    const defaults = imageDefaults(format, detector);
    this.#image = imageOptions(image, input, this.metadata, defaults);
  }

  protected async preprocess(inputs: Inputs, context: Context, index: number): Promise<Preprocessed<Placement>> {
    refuseNoImage(context, index);
    const { tensor, placement } = await placedImage(inputs, this.#image);
    return preprocessed(tensor, placement);
  }

  protected postprocess(outputs: Tensors, _context: Context, _index: number, placement: Placement): Detection[] {
    const boxes = this.#boxes;
    const found = findBoxes(outputs, boxes, this.#image.size, this.session.model?.operators);
    const kept = suppressOverlaps(found, { overlap: boxes.overlapThreshold ?? 0.45, limit: boxes.limit ?? 100 });
    return kept.map(({ box, score, label }) => ({
      label: this.#labels[label] ?? String(label),
      score,
      box: toImage(box, placement),
    }));
  }
}
