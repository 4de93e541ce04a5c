import { MarError } from '#errors/mar-error.js';
import type { Context } from '../context.js';
import { imageBytes } from '../image/image-bytes.js';
import type { ImageOptions } from '../image/image-options.js';
import { imageSize, imageTensor } from '../image/image-tensor.js';
import type { Inputs } from '../inputs.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { BuiltinService } from './builtin-service.js';
import { findBoxes, type Size } from './find-boxes.js';
import { imageOptions } from './image-options.js';
import { findLabels } from './labels.js';
import { suppressOverlaps } from './suppress-overlaps.js';

/** One found object; the box is x1, y1, x2, y2 in pixels of the image that was sent. */
export interface Detection {
  readonly label: string;
  readonly score: number;
  readonly box: readonly number[];
}

/** `object_detector`: an image in, the found objects out, best first, as `[{label, score, box}, …]`. */
export class ObjectDetector extends BuiltinService {
  protected readonly name = 'object_detector';
  #labels: readonly string[] = [];
  #image: ImageOptions & { readonly size: Size } = { size: { width: 0, height: 0 } };
  /** Sizes of a batch's images, by index. */
  readonly #sizes = new WeakMap<Context, Map<number, Size>>();

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    if (this.config.image?.fit === 'crop') {
      throw new MarError("object_detector looks at the whole image: image.fit of service.json must be 'stretch'.", {
        code: 'ERR_SERVICE_CONFIG',
      });
    }
    this.#labels = await findLabels(context, this.config.classes ?? {}, this.metadata);
    this.#image = imageOptions(this.config.image ?? {}, this.session.inputs[0], this.metadata, 'stretch');
  }

  protected async preprocess(inputs: Inputs, context: Context, index: number): Promise<TensorLike> {
    const image = imageBytes(inputs);
    const tensor = await imageTensor(image, this.#image);
    const size = await imageSize(image);
    // Nothing is awaited between looking for the batch's sizes and putting this one in: its other images do the same meanwhile.
    const sizes = this.#sizes.get(context) ?? new Map<number, Size>();
    this.#sizes.set(context, sizes.set(index, size));
    return tensor;
  }

  protected postprocess(outputs: Tensors, context: Context, index: number): Detection[] {
    const boxes = this.config.boxes ?? {};
    const size = this.#sizes.get(context)?.get(index);
    if (!size) {
      throw new MarError(`The size of image ${index + 1} of the batch is not known: its boxes have no unit.`, {
        code: 'ERR_MODEL_OUTPUT',
      });
    }
    const { width, height } = size;
    const kept = suppressOverlaps(
      findBoxes(outputs, boxes, this.#image.size),
      boxes.overlapThreshold ?? 0.45,
      boxes.limit ?? 100,
    );
    return kept.map(({ box: [x1, y1, x2, y2], score, label }) => ({
      label: this.#labels[label] ?? String(label),
      score,
      box: [x1 * width, y1 * height, x2 * width, y2 * height],
    }));
  }
}
