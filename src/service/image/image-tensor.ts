import { numberToHalf } from '../float16.js';
import type { FloatTensor, TensorLike } from '../tensor.js';
import {
  type DecodedImage,
  decodeImage,
  decodePicture,
  decodePlaced,
  type ImageSource,
  sizeOfImage,
} from './decode-image.js';
import type { Fitted, Placement } from './fit-image.js';
import { imageBytes } from './image-bytes.js';
import type { ImageOptions, PictureOptions, Size } from './image-options.js';
import { Picture } from './picture.js';

/** An input and where the image lies in it. */
export interface PlacedImage {
  /** As `imageTensor` makes it. */
  readonly tensor: TensorLike;
  readonly placement: Placement;
}

/**
 * Decodes an image (JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP; its EXIF orientation applied) into a tensor with batch axis 1. `image` is
 * what a request brings: bytes, base64, JSON around it (see {@link imageBytes}), or a picture that was read already. What is not an image is a `PredictionError` 400.
 */
export async function imageTensor(
  image: unknown,
  options: ImageOptions & { readonly type: 'float16' | 'uint8' },
): Promise<TensorLike>;
export async function imageTensor(
  image: unknown,
  options: ImageOptions & { readonly type?: 'float32' },
): Promise<FloatTensor>;
export async function imageTensor(image: unknown, options: ImageOptions): Promise<TensorLike>;
export async function imageTensor(image: unknown, options: ImageOptions): Promise<TensorLike> {
  return tensorOf(await decodeImage(sourceOf(image), options), options);
}

/**
 * As {@link imageTensor}, and where the image lies in the input, so that found places can be brought back to its pixels with `toImage`.
 * Every `fit` is placed; the image is decoded once.
 */
export async function placedImage(image: unknown, options: ImageOptions): Promise<PlacedImage> {
  const decoded = await decodePlaced(sourceOf(image), options);
  return { tensor: tensorOf(decoded, options), placement: decoded.placement };
}

/**
 * Decodes an image once, for several inputs made of it (the whole for a detector, a `region` of each box for a recogniser): pass it to
 * {@link imageTensor} in place of the bytes. What is not an image is a `PredictionError` 400.
 */
export async function readPicture(image: unknown, options: PictureOptions = {}): Promise<Picture> {
  return decodePicture(imageBytes(image), options);
}

/** Width and height of an image as it is seen, its EXIF orientation applied; `image` as for {@link imageTensor}. */
export async function imageSize(image: unknown): Promise<Size> {
  if (image instanceof Picture) return { width: image.width, height: image.height };
  return sizeOfImage(imageBytes(image));
}

function sourceOf(image: unknown): ImageSource {
  return image instanceof Picture ? image : imageBytes(image);
}

function tensorOf({ pixels, fitted }: DecodedImage, options: ImageOptions): TensorLike {
  const count = options.channels === 'GRAY' ? 1 : 3;
  const data = normalise(count === 1 ? luminance(pixels) : pixels, count, fitted, options);
  const { width, height } = fitted.input;
  const dims = options.layout === 'NHWC' ? [1, height, width, count] : [1, count, height, width];
  if (options.type === 'uint8') return { type: 'uint8', data: Uint8Array.from(data, nearestByte), dims };
  if (options.type === 'float16') return { type: 'float16', data: Uint16Array.from(data, numberToHalf), dims };
  return { type: 'float32', data, dims };
}

function nearestByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

/** One channel of interleaved RGB, in the integers that Pillow works with. */
function luminance(pixels: Uint8Array): Uint8Array {
  const result = new Uint8Array(pixels.length / 3);
  for (let from = 0, to = 0; to < result.length; from += 3, to++) {
    const sum = (pixels[from] ?? 0) * 19595 + (pixels[from + 1] ?? 0) * 38470 + (pixels[from + 2] ?? 0) * 7471;
    result[to] = (sum + 0x8000) >> 16;
  }
  return result;
}

/** One pass over the pixels: subtract, scale, reorder; around an image that does not take the whole input the filling. */
function normalise(pixels: Uint8Array, count: number, fitted: Fitted, options: ImageOptions): Float32Array {
  const { input } = fitted;
  const size = input.width * input.height;
  const result = new Float32Array(size * count);
  const mean = perChannel(options.mean, 0);
  const factor = perChannel(options.scale, 1).map((scale) => 1 / scale) as Triple;
  const [plane, step] = options.layout === 'NHWC' ? [1, count] : [size, 1];
  // What a crop cuts off is gone from the pixels already.
  const width = Math.min(fitted.resized.width, input.width);
  const rows = Math.min(fitted.resized.height, input.height);
  const [left, top] = [Math.max(0, fitted.left), Math.max(0, fitted.top)];
  const isFilled = width < input.width || rows < input.height;
  const fill = perChannel(options.fill, 114);
  if (isFilled) {
    for (let channel = 0; channel < count; channel++)
      fillChannel(
        result,
        channel * plane,
        step,
        size,
        ((fill[channel] ?? 0) - (mean[channel] ?? 0)) * (factor[channel] ?? 1),
      );
  }
  const [mean0, mean1, mean2] = mean;
  const [factor0, factor1, factor2] = factor;
  const [source0, source2] = options.channels === 'BGR' ? [2, 0] : [0, 2];
  for (let y = 0, from = 0; y < rows; y++) {
    let to = ((top + y) * input.width + left) * step;
    for (const end = to + width * step; to < end; from += count, to += step) {
      result[to] = ((pixels[from + source0] ?? 0) - mean0) * factor0;
      if (count === 1) continue;
      result[to + plane] = ((pixels[from + 1] ?? 0) - mean1) * factor1;
      result[to + 2 * plane] = ((pixels[from + source2] ?? 0) - mean2) * factor2;
    }
  }
  return result;
}

function fillChannel(result: Float32Array, start: number, step: number, size: number, value: number): void {
  for (let at = 0, to = start; at < size; at++, to += step) result[to] = value;
}

type Triple = [number, number, number];

function perChannel(value: number | readonly number[] | undefined, otherwise: number): Triple {
  if (typeof value === 'number') return [value, value, value];
  return [value?.[0] ?? otherwise, value?.[1] ?? otherwise, value?.[2] ?? otherwise];
}
