import { MarError } from '#errors/mar-error.js';
import { type Box, fromCentre } from '../boxes/box.js';
import type { Candidate } from '../boxes/suppress-overlaps.js';
import type { Size } from '../image/image-options.js';
import { numbersOf } from '../numeric/axis.js';
import type { TensorLike, Tensors } from '../tensor.js';
import type { BoxesConfig } from './config.js';
import { cellsOf, guessFormat, stridesOf } from './detector-family.js';

/** Operators of the model's graph, as `guessFormat` wants them. */
type Operators = Readonly<Record<string, number>> | undefined;

/**
 * Every box of one image whose score reaches the threshold, in pixels of the model's input (`input`), whatever the model's unit.
 * Outputs that do not hold boxes in the format are `ERR_MODEL_OUTPUT`.
 */
export function findBoxes(outputs: Tensors, config: BoxesConfig, input: Size, operators?: Operators): Candidate[] {
  const shapes = Object.values(outputs).map(({ dims }) => dims);
  const format = config.format ?? guessFormat({ outputs: shapes, input, operators }) ?? 'rows';
  const threshold = config.scoreThreshold ?? 0.5;
  const usual = format === 'separate' || format === 'detections' ? 'corners' : 'centre';
  const isCentre = (config.coordinates ?? usual) === 'centre';
  const rows = format === 'separate' ? separateRows(outputs, config) : joinedRows(outputs, format, config, input);
  const [unitX, unitY] = config.normalized ? [input.width, input.height] : [1, 1];
  const found: Candidate[] = [];
  for (let index = 0; index < rows.count; index++) {
    const { score, label } = rows.best(index);
    if (Number.isNaN(score) || score === Number.POSITIVE_INFINITY)
      throw unexpected(outputs, `finite scores: that of box ${index} is ${score}`);
    if (score < threshold) continue;
    const values = rows.values(index);
    if (isCentre && (values[2] < 0 || values[3] < 0)) {
      throw unexpected(
        outputs,
        `boxes by centre, width and height: box ${index} is ${values[2]} wide and ${values[3]} high`,
      );
    }
    const corners: Box = isCentre ? fromCentre(values) : values;
    // Infinite ones are cut at the edges of the image.
    if (corners.some(Number.isNaN))
      throw unexpected(outputs, `coordinates that are numbers: those of box ${index} are ${values.join(', ')}`);
    const [x1, y1, x2, y2] = corners;
    found.push({ box: [x1 * unitX, y1 * unitY, x2 * unitX, y2 * unitY], score, label });
  }
  // No object of a picture is so small, and all of them even less; models that put rows or columns into one output give pixels.
  if (
    (format === 'separate' || format === 'detections') &&
    config.normalized === undefined &&
    found.length > 0 &&
    found.every(({ box }) => box.every(isFraction))
  ) {
    const [first] = found;
    throw new MarError(
      `All boxes lie within 0 to 1, as ${first?.box.join(', ')}, expected pixels of an input of ${input.width} x ${input.height}.`,
      {
        code: 'ERR_MODEL_OUTPUT',
        hint: 'Set boxes.normalized in service.json: true for parts of the input, false if they are pixels all the same.',
      },
    );
  }
  return found;
}

function isFraction(coordinate: number): boolean {
  return coordinate > -0.5 && coordinate < 1.5;
}

interface Rows {
  readonly count: number;
  /** The four coordinates of a box. */
  values(index: number): Box;
  best(index: number): { readonly score: number; readonly label: number };
}

/** One output: a box in each row (`rows` with objectness, `grid` undecoded, `detections` with a class number) or in each column. */
function joinedRows(
  outputs: Tensors,
  format: 'rows' | 'columns' | 'grid' | 'detections',
  config: BoxesConfig,
  input: Size,
): Rows {
  const [output] = Object.values(outputs);
  const [batch, first = 0, second = 0] = output?.dims ?? [];
  if (output?.dims.length !== 3 || batch !== 1) throw unexpected(outputs, 'one output with axes [1, n, m]');
  const data = numbersOf(output);
  const isColumns = format === 'columns';
  const [count, width] = isColumns ? [second, first] : [first, second];
  const classesFrom = isColumns ? 4 : 5;
  if (format === 'detections' ? width !== 6 : width <= classesFrom)
    throw unexpected(outputs, `${format === 'detections' ? '6' : `more than ${classesFrom}`} values for each box`);
  const at = (index: number, column: number): number =>
    data[isColumns ? column * count + index : index * width + column] ?? 0;
  const plain = (index: number): Box => [at(index, 0), at(index, 1), at(index, 2), at(index, 3)];
  if (format === 'detections') {
    return {
      count,
      values: plain,
      best: (index) => {
        const [score, label] = [at(index, 4), at(index, 5)];
        if (!Number.isInteger(label)) throw unexpected(outputs, `a class number as the sixth value, found ${label}`);
        return { score, label };
      },
    };
  }
  return {
    count,
    values: format === 'grid' ? decoded(plain, outputs, config, count, input) : plain,
    best: (index) => {
      const best = highest(width - classesFrom, (label) => at(index, classesFrom + label));
      return isColumns ? best : { ...best, score: best.score * at(index, 4) };
    },
  };
}

/** YOLOX: centres are offsets from the cell, in cells; sizes are logarithms, in cells. The finest grid is first, each row by row. */
function decoded(
  plain: (index: number) => Box,
  outputs: Tensors,
  { strides }: BoxesConfig,
  count: number,
  input: Size,
): (index: number) => Box {
  const steps = strides ?? stridesOf(count, input);
  if (!steps || cellsOf(steps, input) !== count) {
    const of = steps ? `${cellsOf(steps, input)} cells, of strides ${steps.join(', ')}` : 'the cells of known strides';
    throw unexpected(outputs, `one row for each of ${of} in an input of ${input.width} x ${input.height}`);
  }
  return (index) => {
    let cell = index;
    const stride = steps.find((step) => {
      const cells = cellsOf([step], input);
      if (cell < cells) return true;
      cell -= cells;
      return false;
    });
    const step = stride ?? 1;
    const columns = Math.floor(input.width / step);
    const [x, y, width, height] = plain(index);
    return [
      (x + (cell % columns)) * step,
      (y + Math.floor(cell / columns)) * step,
      Math.exp(width) * step,
      Math.exp(height) * step,
    ];
  };
}

/** Separate outputs for boxes and scores; class numbers in a third, or as one score per class. */
function separateRows(outputs: Tensors, config: BoxesConfig): Rows {
  const boxesName = config.boxes ?? nameOf(outputs, /box/i, ({ dims }) => dims.at(-1) === 4);
  const scoresName =
    config.scores ?? nameOf(outputs, /score|prob|conf/i, ({ type }) => type.startsWith('float'), boxesName);
  const boxes = outputs[boxesName ?? ''];
  const scores = outputs[scoresName ?? ''];
  if (!boxes || !scores) throw unexpected(outputs, 'outputs for boxes and scores');
  const labelsName = config.labels ?? nameOf(outputs, /label|class/i, () => true, boxesName, scoresName);
  const labels = outputs[labelsName ?? ''];
  const [corners, values] = [numbersOf(boxes), numbersOf(scores)];
  const numbers = labels && numbersOf(labels);
  const count = corners.length / 4;
  const classes = count === 0 ? 0 : values.length / count;
  if (!Number.isInteger(classes) || (numbers && (numbers.length !== count || classes !== 1)))
    throw unexpected(outputs, `as many scores${numbers ? ' and class numbers' : ''} as boxes, which are ${count}`);
  // A row of scores for each class instead of each box.
  const isByClass = classes !== count && scores.dims.at(-1) === count && scores.dims.at(-2) === classes;
  const at = (index: number, axis: number): number => corners[index * 4 + axis] ?? 0;
  return {
    count,
    values: (index) => [at(index, 0), at(index, 1), at(index, 2), at(index, 3)],
    best: (index) => {
      if (numbers) return { score: values[index] ?? 0, label: numbers[index] ?? 0 };
      return highest(classes, (label) => values[isByClass ? label * count + index : index * classes + label] ?? 0);
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
    if (Number.isNaN(score)) return { score, label };
    if (score > best.score) best = { score, label };
  }
  return best;
}

function unexpected(outputs: Tensors, expected: string): MarError {
  const found = Object.entries(outputs).map(([name, { type, dims }]) => `${name} ${type}[${dims.join(',')}]`);
  return new MarError(`The model's outputs are ${found.join(', ')}, expected ${expected}.`, {
    code: 'ERR_MODEL_OUTPUT',
    hint: 'Describe them in service.json: boxes.format, boxes.coordinates, boxes.boxes, boxes.scores, boxes.labels.',
  });
}
