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

/** The five most probable classes of a photograph, in the form of the post's answer. It serves ResNet-152 and the small classifier. */
export default class Resnet152 extends OnnxService {
  #labels: string[] = [];

  /** Once, before the first batch. Where the model runs is the archive's affair: `context.device` tells, and nothing here asks. */
  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await readLabels(context, 'synset.txt');
  }

  protected preprocess(inputs: Inputs): Promise<FloatTensor> {
    return imageTensor(mainInput(inputs), { size: 224, resizeShorterSide: 256, mean: 127, scale: 128 });
  }

  /** Logits or probabilities of one request → the top five, best first. */
  protected postprocess(outputs: Tensors): ClassProbability[] {
    const { data } = (outputs['logits'] ?? outputs['probabilities']) as FloatTensor;
    return topK(outputs['logits'] ? softmax(data) : data, this.#labels, 5);
  }
}
