import type { Context } from '../context.js';
import type { ImageOptions } from '../image/image-options.js';
import { imageTensor } from '../image/image-tensor.js';
import type { Inputs } from '../inputs.js';
import type { ClassProbability } from '../numeric/top-k.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { BuiltinService } from './builtin-service.js';
import { bestClasses } from './classes.js';
import { imageOptions } from './image-options.js';
import { findLabels } from './labels.js';
import { refuseNoImage } from './request-form.js';

/** `image_classifier`: an image in, the best classes out, as `[{probability, class}, …]`. */
export class ImageClassifier extends BuiltinService {
  protected readonly name = 'image_classifier';
  #labels: readonly string[] = [];
  #image: ImageOptions = { size: 0 };

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await findLabels(context, this.config.classes ?? {}, this.metadata);
    this.#image = imageOptions(this.config.image ?? {}, this.session.inputs[0], this.metadata, {
      fit: 'crop',
      range: 'imagenet',
    });
  }

  protected preprocess(inputs: Inputs, context: Context, index: number): Promise<TensorLike> {
    refuseNoImage(context, index);
    return imageTensor(inputs, this.#image);
  }

  protected postprocess(outputs: Tensors): ClassProbability[] {
    return bestClasses(outputs, this.#labels, this.config.classes ?? {});
  }
}
