import {
  type ClassProbability,
  type Context,
  type FloatTensor,
  type Inputs,
  imageTensor,
  mainInput,
  OnnxService,
  readLabels,
  type Tensors,
  topK,
} from 'model-archiver/service';

/** The ResNet-152 of ../shared/model/make: its output is a probability for each class already. */
export default class LargeClassifier extends OnnxService {
  #labels: string[] = [];

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await readLabels(context);
  }

  protected preprocess(inputs: Inputs): Promise<FloatTensor> {
    return imageTensor(mainInput(inputs), { size: 224, resizeShorterSide: 256, scale: 255 });
  }

  protected postprocess(outputs: Tensors): ClassProbability[] {
    const { data } = outputs['prob'] as FloatTensor;
    return topK(data, this.#labels, 5);
  }
}
