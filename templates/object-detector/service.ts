import {
  type Context,
  type FloatTensor,
  type Inputs,
  imageTensor,
  mainInput,
  OnnxService,
  readLabels,
  type Tensors,
} from 'model-archiver/service';

/** How an image becomes the model's input: mean and scale are those of ImageNet, for channel values from 0 to 255. */
const IMAGE = {
  size: { width: __WIDTH__, height: __HEIGHT__ },
  fit: 'stretch',
  mean: [123.675, 116.28, 103.53],
  scale: [58.395, 57.12, 57.375],
  layout: '__LAYOUT__',
  channels: '__CHANNELS__',
} as const;

/** Names of the outputs; without one for labels the scores have a column for each class. */
const OUTPUTS = { boxes: '__BOXES__', scores: '__SCORES__', labels: '__LABELS__' };

/** Boxes below this score are dropped. */
const MIN_SCORE = 0.5;
/** Of boxes of one label that overlap more than this (intersection over union), the best stays. */
const MAX_OVERLAP = 0.5;

type Box = readonly [left: number, top: number, right: number, bottom: number];
interface Detection {
  readonly label: string;
  readonly score: number;
  readonly box: Box;
}

/** Finds boxes on an image, best first, in the coordinates of the model. */
export default class ObjectDetector extends OnnxService {
  protected override readonly modelFile = '__MODEL_FILE__';
  #labels: string[] = [];

  /** Once, before the first batch. */
  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await readLabels(context, '__LABELS_FILE__');
  }

  /** JPEG, PNG, WebP, … → the model's input; what is no image is answered with 400. */
  protected preprocess(inputs: Inputs): Promise<FloatTensor> {
    return imageTensor(mainInput(inputs), IMAGE);
  }

  /** The model's outputs for one request → its answer. */
  protected postprocess(outputs: Tensors): Detection[] {
    const boxes = outputs[OUTPUTS.boxes] as FloatTensor;
    const scores = outputs[OUTPUTS.scores] as FloatTensor;
    const count = boxes.data.length / 4;
    const found: Detection[] = [];
    for (let index = 0; index < count; index++) {
      const row = scores.data.subarray(
        (index * scores.data.length) / count,
        ((index + 1) * scores.data.length) / count,
      );
      const score = Math.max(...row);
      if (score < MIN_SCORE) continue;
      const label = Number(outputs[OUTPUTS.labels]?.data[index] ?? row.indexOf(score));
      const [left = 0, top = 0, right = 0, bottom = 0] = boxes.data.subarray(index * 4, index * 4 + 4);
      found.push({ label: this.#labels[label] ?? String(label), score, box: [left, top, right, bottom] });
    }
    return suppress(found.sort((a, b) => b.score - a.score));
  }
}

/** Non-maximum suppression of detections that are sorted by score. */
function suppress(sorted: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const one of sorted) {
    if (kept.every((other) => other.label !== one.label || overlap(other.box, one.box) <= MAX_OVERLAP)) kept.push(one);
  }
  return kept;
}

/** Intersection over union of two boxes. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}
