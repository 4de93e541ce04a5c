import { MarError } from '#errors/mar-error.js';
import type { TensorLike, Tensors } from '../tensor.js';
import type { BoxesConfig } from './config.js';
import type { Candidate } from './suppress-overlaps.js';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Every box of one image whose score reaches the threshold. Corners are fractions of the image, whatever the model's unit
 * (`size` is its input in pixels).
 */
export function findBoxes(outputs: Tensors, config: BoxesConfig, size: Size): Candidate[] {
  const format = config.format ?? guessFormat(outputs);
  const threshold = config.scoreThreshold ?? 0.5;
  const centre = (config.coordinates ?? (format === 'separate' ? 'corners' : 'centre')) === 'centre';
  const rows = format === 'separate' ? separateRows(outputs, config) : joinedRows(outputs, format);
  const [unitX, unitY] = config.normalized ? [1, 1] : [size.width, size.height];
  const found: Candidate[] = [];
  for (let index = 0; index < rows.count; index++) {
    const { score, label } = rows.best(index);
    if (score < threshold) continue;
    const [a, b, c, d] = [0, 1, 2, 3].map((axis) => rows.coordinate(index, axis)) as [number, number, number, number];
    const corners = centre ? [a - c / 2, b - d / 2, a + c / 2, b + d / 2] : [a, b, c, d];
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners;
    found.push({ box: [x1 / unitX, y1 / unitY, x2 / unitX, y2 / unitY], score, label });
  }
  return found;
}

interface Rows {
  readonly count: number;
  coordinate(index: number, axis: number): number;
  best(index: number): { readonly score: number; readonly label: number };
}

function guessFormat(outputs: Tensors): NonNullable<BoxesConfig['format']> {
  const [first, ...others] = Object.values(outputs);
  if (!first || others.length > 0) return 'separate';
  const [, rows = 0, columns = 0] = first.dims;
  return rows < columns ? 'columns' : 'rows';
}

/** One output: coordinates and scores of a box side by side (`rows`, with objectness) or below each other (`columns`). */
function joinedRows(outputs: Tensors, format: 'rows' | 'columns'): Rows {
  const [output] = Object.values(outputs);
  const [batch, first = 0, second = 0] = output?.dims ?? [];
  if (output?.dims.length !== 3 || batch !== 1) throw unexpected(outputs, 'one output with axes [1, n, m]');
  const values = output.data;
  const [count, width] = format === 'rows' ? [first, second] : [second, first];
  const at = (index: number, column: number): number =>
    Number(values[format === 'rows' ? index * width + column : column * count + index] ?? 0);
  const classesFrom = format === 'rows' ? 5 : 4;
  return {
    count,
    coordinate: at,
    best: (index) => {
      const best = highest(width - classesFrom, (label) => at(index, classesFrom + label));
      return format === 'rows' ? { ...best, score: best.score * at(index, 4) } : best;
    },
  };
}

/** Separate outputs for boxes and scores; class numbers in a third, or as one score per class. */
function separateRows(outputs: Tensors, config: BoxesConfig): Rows {
  const boxesName = config.boxes ?? nameOf(outputs, /box/i, ({ dims }) => dims.at(-1) === 4);
  const scoresName = config.scores ?? nameOf(outputs, /score|prob|conf/i, ({ type }) => type === 'float32', boxesName);
  const boxes = outputs[boxesName ?? ''];
  const scores = outputs[scoresName ?? ''];
  if (!boxes || !scores) throw unexpected(outputs, 'outputs for boxes and scores');
  const labelsName = config.labels ?? nameOf(outputs, /label|class/i, () => true, boxesName, scoresName);
  const labels = outputs[labelsName ?? ''];
  const count = boxes.data.length / 4;
  const classes = count === 0 ? 0 : scores.data.length / count;
  return {
    count,
    coordinate: (index, axis) => Number(boxes.data[index * 4 + axis] ?? 0),
    best: (index) => {
      if (labels) return { score: Number(scores.data[index] ?? 0), label: Number(labels.data[index] ?? 0) };
      return highest(classes, (label) => Number(scores.data[index * classes + label] ?? 0));
    },
  };
}

/** The output whose name fits, else the first one that looks right. */
function nameOf(
  outputs: Tensors,
  name: RegExp,
  looksRight: (tensor: TensorLike) => boolean,
  ...taken: (string | undefined)[]
): string | undefined {
  const free = Object.entries(outputs).filter(([key]) => !taken.includes(key));
  return (free.find(([key]) => name.test(key)) ?? free.find(([, tensor]) => looksRight(tensor)))?.[0];
}

function highest(count: number, scoreOf: (label: number) => number): { score: number; label: number } {
  let best = { score: Number.NEGATIVE_INFINITY, label: 0 };
  for (let label = 0; label < count; label++) {
    const score = scoreOf(label);
    if (score > best.score) best = { score, label };
  }
  return best;
}

function unexpected(outputs: Tensors, expected: string): MarError {
  const found = Object.entries(outputs).map(([name, { type, dims }]) => `${name} ${type}[${dims.join(',')}]`);
  return new MarError(`The model's outputs are ${found.join(', ')}, expected ${expected}.`, {
    code: 'ERR_MODEL_OUTPUT',
    hint: 'Describe them in service.json: boxes.format, boxes.boxes, boxes.scores, boxes.labels.',
  });
}
