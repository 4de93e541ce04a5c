import type { PixelRange } from '#conventions/pixels.js';
import type { ImageOptions, Size } from '../image/image-options.js';
import type { BoxesConfig } from './config.js';

/** How the outputs of a detector hold its boxes. */
export type BoxFormat = NonNullable<BoxesConfig['format']>;

/** What a detector's kind says about the image, where neither service.json nor the model's metadata does. */
export interface ImageDefaults extends Pick<ImageOptions, 'anchor' | 'channels' | 'kernel'> {
  readonly fit: 'crop' | 'stretch' | 'letterbox';
  readonly range: PixelRange;
}

/** What of a detector its kind is seen by. */
export interface Detector {
  /** Axes of each output; what is not a number is open. */
  readonly outputs: readonly (readonly unknown[])[];
  readonly input: Size;
  /** How often each operator occurs in the graph; undefined when it could not be read. */
  readonly operators: Readonly<Record<string, number>> | undefined;
}

/** Steps of the grids, in pixels, that YOLO models look at: three, or four in the large ones. */
const STRIDES: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
];

/** The steps of the grids that have so many cells together. */
export function stridesOf(cells: number, input: Size): readonly number[] | undefined {
  return STRIDES.find((strides) => cells === cellsOf(strides, input));
}

/** Cells of all grids of an input. */
export function cellsOf(strides: readonly number[], { width, height }: Size): number {
  return strides.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/**
 * The format by the number and shape of the outputs; undefined where open axes do not tell. One output with a row for each cell of the
 * grids is undecoded YOLOX when the graph has none of the operators that decode: Exp, Pow, Sub.
 */
export function guessFormat({ outputs, input, operators }: Detector): BoxFormat | undefined {
  const [only, ...others] = outputs;
  if (!only || others.length > 0) return 'separate';
  const [, first, second] = only;
  // The axis of the boxes may be open.
  if (typeof first !== 'number' && typeof second !== 'number') return undefined;
  if (typeof second !== 'number') return 'columns';
  if (typeof first !== 'number') return second === 6 ? 'detections' : 'rows';
  if (first < second) return 'columns';
  const cells = stridesOf(first, input) !== undefined;
  if (cells && operators && !['Exp', 'Pow', 'Sub'].some((name) => Object.hasOwn(operators, name))) return 'grid';
  return second === 6 && !cells && stridesOf(first / 3, input) === undefined ? 'detections' : 'rows';
}

/**
 * How the image is brought in for a format: YOLO models see all of it, unstretched in grey. YOLOX (the format grid, or decoded by Exp in
 * the graph) has it at the top left, blue first, the pixels themselves. Models with separate outputs are trained with stretched images.
 */
export function imageDefaults(format: BoxFormat | undefined, { outputs, input, operators }: Detector): ImageDefaults {
  if (format === 'separate') return { fit: 'stretch', range: '0..1' };
  const rows = outputs[0]?.[1];
  const has = (operator: string): boolean => operators !== undefined && Object.hasOwn(operators, operator);
  const isDecoded = format === 'rows' && typeof rows === 'number' && stridesOf(rows, input) !== undefined;
  if (format === 'grid' || (isDecoded && has('Exp') && !has('Sub') && !has('Pow')))
    return { fit: 'letterbox', anchor: 'top-left', kernel: 'linear', channels: 'BGR', range: '0..255' };
  return { fit: 'letterbox', anchor: 'centre', kernel: 'linear', range: '0..1' };
}
