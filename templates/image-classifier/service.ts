import {
  type ClassProbability,
  type Context,
  type FloatTensor,
  type Inputs,
  imageTensor,
  mainInput,
  OnnxService,
  readLabels,
  softmax,
  type TensorLike,
  type Tensors,
  topK,
} from 'model-archiver/service';

/** How an image becomes the model's input: (channel value - mean) / scale, where channel values go from 0 to 255. */
const IMAGE = {
  size: { width: __WIDTH__, height: __HEIGHT__ },
  mean: __MEAN__,
  scale: __SCALE__,
  layout: '__LAYOUT__',
  channels: '__CHANNELS__',
  type: '__TYPE__',
} as const;

/** False when the model gives logits, which softmax turns into probabilities. */
const GIVES_PROBABILITIES: boolean = __IS_PROBABILITY__;

/** Names what is on an image: the five most probable classes, best first. */
export default class ImageClassifier extends OnnxService {
  protected override readonly modelFile = '__MODEL_FILE__';
  #labels: string[] = [];

  /** Once, before the first batch. */
  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await readLabels(context, '__LABELS_FILE__');
  }

  /** JPEG, PNG, WebP, … → the model's input; what is no image is answered with 400. */
  protected preprocess(inputs: Inputs): Promise<TensorLike> {
    return imageTensor(mainInput(inputs), IMAGE);
  }

  /** The model's output for one request → its answer. */
  protected postprocess(outputs: Tensors): ClassProbability[] {
    const { data } = outputs['__OUTPUT__'] as FloatTensor;
    return topK(GIVES_PROBABILITIES ? data : softmax(data), this.#labels, 5);
  }
}
