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
  type Tensors,
  topK,
} from 'model-archiver/service';

/** Names what is on a photograph: the five most probable ImageNet classes. */
export default class ImageClassifier extends OnnxService {
  protected override readonly modelFile = 'efficientnet-lite0-int8.onnx';
  #labels: string[] = [];

  /** Once, before the first batch. */
  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await readLabels(context, 'synset.txt');
  }

  /** JPEG, PNG, WebP … → float32 [1, 3, 224, 224]; what is no image is answered with 400. */
  protected preprocess(inputs: Inputs): Promise<FloatTensor> {
    return imageTensor(mainInput(inputs), { size: 224, resizeShorterSide: 256, mean: 127, scale: 128 });
  }

  /** Logits of one request → the top five, best first. */
  protected postprocess(outputs: Tensors): ClassProbability[] {
    const { data } = outputs['logits'] as FloatTensor;
    return topK(softmax(data), this.#labels, 5);
  }
}
