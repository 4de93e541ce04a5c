import { messageOf } from '#errors/mar-error.js';
import { PredictionError } from './prediction-error.js';
import type { FloatTensor } from './tensor.js';

/** How an image becomes a model's input. Channel values are 0 to 255 before `mean` and `scale`. */
export interface ImageOptions {
  /** Width and height of the input in pixels. */
  readonly size: number | { readonly width: number; readonly height: number };
  /** The shorter side is resized to this first, then the centre is cropped to `size`; without it the crop takes all it can. */
  readonly resizeShorterSide?: number;
  /** `crop` keeps the proportions and cuts the centre (default); `stretch` does not, and shows all of the image. */
  readonly fit?: 'crop' | 'stretch';
  /** Subtracted from each channel value, in the order of `channels`; default 0. */
  readonly mean?: number | readonly number[];
  /** Divides each channel value after `mean`, in the order of `channels`; default 1. */
  readonly scale?: number | readonly number[];
  /** `NCHW` (default) or `NHWC`. */
  readonly layout?: 'NCHW' | 'NHWC';
  /** `RGB` (default), `BGR` or one `GRAY` channel. */
  readonly channels?: 'RGB' | 'BGR' | 'GRAY';
  /** Resampling; default `cubic`. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic' | 'lanczos3';
}

/**
 * Decodes an image (JPEG, PNG, WebP, GIF, AVIF, TIFF; its EXIF orientation applied, transparency on black) into a float32
 * tensor with batch axis 1. What is no image is a `PredictionError` 400.
 */
export async function imageTensor(image: unknown, options: ImageOptions): Promise<FloatTensor> {
  const { width, height } = typeof options.size === 'number' ? square(options.size) : options.size;
  const pixels = await decode(image, width, height, options);
  const count = options.channels === 'GRAY' ? 1 : 3;
  const data = normalise(pixels, count, options);
  const planes = options.layout === 'NHWC' ? [height, width, count] : [count, height, width];
  return { type: 'float32', data, dims: [1, ...planes] };
}

/** Width and height of an image as it is seen, its EXIF orientation applied. */
export async function imageSize(image: unknown): Promise<{ readonly width: number; readonly height: number }> {
  if (!(image instanceof Uint8Array)) throw new PredictionError('the input is no image', 400);
  const sharp = await loadSharp();
  const { autoOrient } = await sharp(image).metadata();
  return autoOrient;
}

let loading: Promise<typeof import('sharp').default> | undefined;

/** libvips for a server: one thread for each image, since requests run side by side, and no cache, since no image comes twice. */
function loadSharp(): Promise<typeof import('sharp').default> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}

function square(size: number): { width: number; height: number } {
  return { width: size, height: size };
}

/** Interleaved 8-bit pixels of exactly the wanted size. */
async function decode(image: unknown, width: number, height: number, options: ImageOptions): Promise<Uint8Array> {
  if (!(image instanceof Uint8Array)) {
    throw new PredictionError(`the input is ${image === undefined ? 'missing' : typeof image}, expected an image`, 400);
  }
  if (image.length === 0) throw new PredictionError('the input is empty, expected an image', 400);
  const sharp = await loadSharp();
  const { resizeShorterSide: shorter, kernel = 'cubic' } = options;
  const gray = options.channels === 'GRAY';
  try {
    let pipeline = sharp(image, { sequentialRead: true }).autoOrient();
    if (options.fit === 'stretch') {
      pipeline = pipeline.resize(width, height, { fit: 'fill', kernel });
    } else if (shorter === undefined) {
      pipeline = pipeline.resize(width, height, { fit: 'cover', kernel });
    } else {
      const around = { width: Math.max(shorter, width), height: Math.max(shorter, height) };
      const left = Math.floor((around.width - width) / 2);
      const top = Math.floor((around.height - height) / 2);
      pipeline = pipeline.resize({ ...around, fit: 'cover', kernel }).extract({ left, top, width, height });
    }
    pipeline = pipeline.flatten({ background: '#000' });
    pipeline = gray ? pipeline.toColourspace('b-w') : pipeline.toColourspace('srgb');
    return await pipeline.raw({ depth: 'uchar' }).toBuffer();
  } catch (error) {
    throw new PredictionError(`the image cannot be decoded: ${messageOf(error)}`, 400, { cause: error });
  }
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
