import { imageAxes } from '#conventions/layout.js';
import type { OnnxModel, OnnxValue } from '#models/onnx/model.js';
import { origins } from './trace.js';

/** Cells of a detector's grids beside each other, for the strides that families use, as a multiple of their anchors. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [16, 32],
  [8, 16, 32, 64],
];

/**
 * True for outputs that the service object_detector reads rightly: boxes and their scores apart, or one decoded output
 * `[1, boxes, 5 + classes]` or `[1, 4 + classes, boxes]`. `labels` is how many classes are named, if any are: without names or
 * a number of boxes that fits the grids of the image, an output of three axes may be anything, as a sequence of text is.
 */
export function findsBoxes(model: OnnxModel, labels: number | undefined): boolean {
  const [output, ...others] = model.outputs;
  if (!output) return false;
  return others.length > 0 ? findsSeparate(model) : findsJoined(model, output, labels);
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
