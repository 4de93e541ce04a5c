import { imageAxes } from '#conventions/layout.js';
import { describeValue, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import { imageInput } from './model-shape.js';
import { origins } from './trace.js';

/** Cells of a detector's grids beside each other, for the strides that families use, as a multiple of their anchors. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [16, 32],
  [8, 16, 32, 64],
];

/**
 * True for outputs that the service object_detector reads rightly: boxes and their scores apart, or one decoded output
 * `[1, boxes, 5 + classes]`, `[1, 4 + classes, boxes]`, or `[1, boxes, 6]` whose last column is a class number. `labels` is how many classes are named, if any are: without names or
 * a number of boxes that fits the grids of the image, an output of three axes may be anything, as a sequence of text is.
 */
export function findsBoxes(model: OnnxModel, labels: number | undefined): boolean {
  const [output, ...others] = model.outputs;
  if (!output) return false;
  return others.length > 0 ? findsSeparate(model) : findsChosen(model, output) || findsJoined(model, output, labels);
}

/** Operators that hand their elements on, so that a number of a class is still one behind them. */
const KEEPS_NUMBERS = new Set(['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Transpose', 'Cast', 'Gather', 'Slice']);

/**
 * A detector that chooses its boxes itself, as YOLOv10 does: corners, score and class number in a row, where the graph picks the best
 * (TopK, NonMaxSuppression) and its last column is made of whole numbers.
 */
function findsChosen({ nodes, operators }: OnnxModel, { name, type, dims }: OnnxValue): boolean {
  if (type !== 'float32' || dims?.length !== 3 || dims[2] !== 6) return false;
  if (!Object.hasOwn(operators, 'TopK') && !Object.hasOwn(operators, 'NonMaxSuppression')) return false;
  const makerOf = (value: string | undefined) =>
    nodes.find(({ outputs }) => value !== undefined && outputs.includes(value));
  let maker = makerOf(name);
  while (maker && maker.operator !== 'Cast' && KEEPS_NUMBERS.has(maker.operator)) maker = makerOf(maker.inputs[0]);
  if (maker?.operator !== 'Concat') return false;
  let last = makerOf(maker.inputs.at(-1));
  while (last && last.operator !== 'Cast' && KEEPS_NUMBERS.has(last.operator)) last = makerOf(last.inputs[0]);
  return last?.operator === 'Cast';
}

/** An output of an image model that may hold boxes, a row for each, though nothing in the graph shows it; as a sentence says it. */
export function maybeBoxes({ inputs, outputs }: OnnxModel): string | undefined {
  const [output, ...others] = outputs;
  if (!output || others.length > 0 || inputs.length !== 1 || !imageInput(inputs[0])) return undefined;
  const isWide = output.dims?.length === 3 && output.dims[2] === 6;
  return isWide ? `${output.name} ${describeValue(output)}` : undefined;
}

function findsSeparate(model: OnnxModel): boolean {
  const { outputs } = model;
  // The detection models of TensorFlow order the corners y, x, y, x.
  if (outputs.some(({ name }) => /^detection_|^num_detections/.test(name))) return false;
  const boxes = outputs.find(({ name, dims }) => /box/i.test(name) && (!dims || dims.at(-1) === 4));
  const byShape = boxes ?? outputs.find(({ dims }) => (dims?.length ?? 0) > 1 && dims?.at(-1) === 4);
  const scores = outputs.find((one) => one !== byShape && /score|prob|conf/i.test(one.name));
  return byShape !== undefined && scores?.type === 'float32' && !origins(model, byShape.name).isRaw;
}

function findsJoined(model: OnnxModel, { name, type, dims }: OnnxValue, labels: number | undefined): boolean {
  if (type !== 'float32' || dims?.length !== 3) return false;
  const [, first, second] = dims;
  const grids = gridsOf(model.inputs[0]);
  const fits = (width: number | string | null | undefined, count: typeof width, before: number): boolean => {
    if (typeof width !== 'number' || width <= before) return false;
    if (labels !== undefined && labels > 0) return width === before + labels;
    return typeof count === 'number' && grids.has(count) && width < count;
  };
  if (fits(first, second, 4) && !(typeof second === 'number' && typeof first === 'number' && first > second))
    return true;
  if (!fits(second, first, 5)) return false;
  // Rows with an objectness, one for each cell, are what YOLOX gives: offsets from its cells, unless the export decodes them.
  const { isRaw, operators } = origins(model, name);
  const isDecoded = operators.some(({ operator }) => ['Mul', 'Add', 'Exp', 'Sub', 'Div'].includes(operator));
  const ofCells = typeof first === 'number' && grids.get(first) === 1;
  return !isRaw && (isDecoded || !ofCells);
}

/** Whether object_detector gives the model the pixels themselves, 0 to 255, as YOLOX wants them: a row for each cell, decoded by Exp. */
export function takesPixels({ inputs, outputs, operators }: OnnxModel): boolean {
  const rows = outputs.length === 1 ? outputs[0]?.dims?.[1] : undefined;
  const has = (operator: string): boolean => Object.hasOwn(operators, operator);
  return typeof rows === 'number' && gridsOf(inputs[0]).get(rows) === 1 && has('Exp') && !has('Sub') && !has('Pow');
}

/** The numbers of boxes that grids of the image have, with the anchors of each cell. */
function gridsOf(input: OnnxValue | undefined): ReadonlyMap<number, number> {
  const { height, width } = imageAxes(input?.dims ?? []);
  if (typeof height !== 'number' || typeof width !== 'number') return new Map();
  const cells = STRIDES.map((strides) =>
    strides.reduce((sum, stride) => sum + Math.floor(height / stride) * Math.floor(width / stride), 0),
  );
  return new Map([3, 1].flatMap((anchors) => cells.map((count) => [count * anchors, anchors] as const)));
}
