import type { OnnxModel, OnnxValue } from '#models/onnx/model.js';

/** A made-up value for one input: its elements row by row, each as JSON has it. */
export interface ExampleTensor {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly elements: readonly (number | boolean | string)[];
}

/** Lengths that are tried for open axes, what most models take first: windows of audio and edges of images are among them. */
const LENGTHS = [
  8, 1, 2, 3, 4, 5, 10, 16, 32, 64, 80, 128, 160, 224, 256, 320, 400, 480, 512, 576, 640, 1024, 1536, 1600, 2048, 4000,
  8000, 16000,
];
/** Edges that are tried for the open height and width of an image. */
const EDGES = [64, 32, 224, 320, 640, 48, 256, 512, 28];
/** Windows of audio, tried first where a model is told the sample rate. */
const WINDOWS = [512, 1536, 576];
const RATE = /^(sr|fs)$|sample_?rate|sampling_?rate/i;
const MODES = ['ids', 'zeros', 'ones'] as const;
type Mode = (typeof MODES)[number];
/** Elements beyond which a guess is not worth its time. */
const MOST_ELEMENTS = 8_000_000;

/**
 * Values for all inputs of a model, one guess after the other: the shapes that it says, likely lengths for axes that it leaves
 * open, and numbers that fit the names of its inputs, such as 16000 for `sr`. The same for the same model.
 */
export function* exampleTensors(model: OnnxModel): Generator<readonly ExampleTensor[]> {
  const isOpen = model.inputs.some(({ dims }) => dims?.some((dim) => typeof dim !== 'number') ?? true);
  const lengths = model.inputs.some(({ name }) => RATE.test(name)) ? [...WINDOWS, ...LENGTHS] : LENGTHS;
  const tries = isOpen ? lengths.length : 1;
  for (const mode of MODES) {
    for (let index = 0; index < tries; index += 1) {
      const length = lengths[index] ?? 1;
      const edge = EDGES[index % EDGES.length] ?? 64;
      const dims = model.inputs.map((input) => dimsOf(input, length, edge));
      const total = dims.reduce((sum, one) => sum + one.reduce((product, extent) => product * extent, 1), 0);
      if (total > MOST_ELEMENTS) continue;
      yield model.inputs.map((input, at) => tensorFor(input, dims[at] ?? [], { length, edge, mode, model }));
    }
  }
}

const BATCH = /^(n|b|bs|batch.*|num_?batch.*)$/i;
const SEQUENCE = /seq|time|len|frames|steps|tokens|samples|^t$|^s$|^l$/i;
const STATE = /state|hidden|cell|cache|past|memory|^[hc]_?\d*$|^[hc]_?(in|0)$/i;

function dimsOf({ name, dims = [null] }: OnnxValue, length: number, edge: number): number[] {
  const isImage = dims.length === 4 && [dims[1], dims[3]].some((dim) => dim === 1 || dim === 3);
  return dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim < 0 ? 1 : dim;
    if (dim !== null && BATCH.test(dim)) return 1;
    if (axis === 0 && !(dim !== null && SEQUENCE.test(dim))) return 1;
    if (isImage) return edge;
    return STATE.test(name) && !(dim !== null && SEQUENCE.test(dim)) ? 1 : length;
  });
}

interface Guess {
  readonly length: number;
  readonly edge: number;
  readonly mode: Mode;
  readonly model: OnnxModel;
}

function tensorFor({ name, type }: OnnxValue, dims: readonly number[], guess: Guess): ExampleTensor {
  const size = dims.reduce((product, extent) => product * extent, 1);
  const element = elementOf(name, type, size, dims.length, guess);
  return { name, type, dims, elements: Array.from({ length: size }, (_, index) => element(index)) };
}

type Element = (index: number) => number | boolean | string;

/** Eighths in an order that repeats after seven: every float type holds them exactly. */
const eighth: Element = (index) => ((index * 3) % 7) / 8;

function elementOf(name: string, type: string, size: number, axes: number, guess: Guess): Element {
  if (type === 'string') return () => 'text';
  if (type === 'bool') return () => true;
  const isWhole = !type.includes('float');
  const special = byName(name, isWhole, size, guess);
  if (special) return special;
  if (!isWhole) return size === 1 && axes === 0 ? () => 0.5 : eighth;
  if (axes === 4) return (index) => (index * 37) % (type === 'int8' ? 128 : 256);
  if (guess.mode !== 'ids') return () => (guess.mode === 'ones' ? 1 : 0);
  return (index) => 1 + (index % 3);
}

function byName(
  name: string,
  isWhole: boolean,
  size: number,
  { length, edge, mode, model }: Guess,
): Element | undefined {
  if (RATE.test(name)) return () => (mode === 'zeros' ? 8000 : 16000);
  if (/mask/i.test(name)) return () => 1;
  if (/type_?ids|segment/i.test(name)) return () => 0;
  if (/position_?ids/i.test(name)) return (index) => index % Math.max(1, length);
  if (isWhole && /len(gth)?s?$/i.test(name)) return () => lengthOf(model, length);
  if (/(orig|im|img|image|input|target).*(size|shape|hw)$/i.test(name)) return () => sizeOf(model, edge);
  if (/scale/i.test(name) && size <= 4) return () => 1;
  return !isWhole && STATE.test(name) ? () => 0 : undefined;
}

/** The length of the sequence whose length another input says. */
function lengthOf({ inputs }: OnnxModel, length: number): number {
  const sequence = inputs.find(({ dims }) => (dims?.length ?? 0) >= 2);
  const extent = sequence?.dims?.[1];
  return typeof extent === 'number' ? extent : length;
}

/** The edge of the image whose size another input says. */
function sizeOf({ inputs }: OnnxModel, edge: number): number {
  const extent = inputs.find(({ dims }) => dims?.length === 4)?.dims?.[2];
  return typeof extent === 'number' ? extent : edge;
}
