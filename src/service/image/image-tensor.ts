import { numberToHalf } from '../float16.js';
import type { FloatTensor, TensorLike } from '../tensor.js';
import { decodeImage, sizeOfImage } from './decode-image.js';
import { imageBytes } from './image-bytes.js';
import type { ImageOptions } from './image-options.js';

/**
 * Decodes an image (JPEG, PNG, WebP, GIF, AVIF, TIFF, BMP; its EXIF orientation applied) into a tensor with batch axis 1. `image` is
 * what a request brings: bytes, base64, JSON around it (see {@link imageBytes}). What is not an image is a `PredictionError` 400.
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
  const size = typeof options.size === 'number' ? { width: options.size, height: options.size } : options.size;
  const pixels = await decodeImage(imageBytes(image), size, options);
  const count = options.channels === 'GRAY' ? 1 : 3;
  const data = normalise(count === 1 ? luminance(pixels) : pixels, count, options);
  const planes = options.layout === 'NHWC' ? [size.height, size.width, count] : [count, size.height, size.width];
  const dims = [1, ...planes];
  if (options.type === 'uint8') return { type: 'uint8', data: Uint8Array.from(data, nearestByte), dims };
  if (options.type === 'float16') return { type: 'float16', data: Uint16Array.from(data, numberToHalf), dims };
  return { type: 'float32', data, dims };
}

/** Width and height of an image as it is seen, its EXIF orientation applied; `image` as for {@link imageTensor}. */
export async function imageSize(image: unknown): Promise<{ readonly width: number; readonly height: number }> {
  return sizeOfImage(imageBytes(image));
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

/** One pass over the pixels: subtract, scale, reorder. */
function normalise(pixels: Uint8Array, count: number, options: ImageOptions): Float32Array {
  const result = new Float32Array(pixels.length);
  const size = pixels.length / count;
  const [mean0, mean1, mean2] = perChannel(options.mean, 0);
  const [factor0, factor1, factor2] = perChannel(options.scale, 1).map((scale) => 1 / scale) as Triple;
  if (count === 1) {
    for (let at = 0; at < size; at++) result[at] = ((pixels[at] ?? 0) - mean0) * factor0;
    return result;
  }
  const [plane, step] = options.layout === 'NHWC' ? [1, count] : [size, 1];
  const [source0, source2] = options.channels === 'BGR' ? [2, 0] : [0, 2];
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += step) {
    result[to] = ((pixels[from + source0] ?? 0) - mean0) * factor0;
    result[to + plane] = ((pixels[from + 1] ?? 0) - mean1) * factor1;
    result[to + 2 * plane] = ((pixels[from + source2] ?? 0) - mean2) * factor2;
  }
  return result;
}

type Triple = [number, number, number];

function perChannel(value: number | readonly number[] | undefined, otherwise: number): Triple {
  if (typeof value === 'number') return [value, value, value];
  return [value?.[0] ?? otherwise, value?.[1] ?? otherwise, value?.[2] ?? otherwise];
}
