import type { Sharp } from 'sharp';
import { MarError, messageOf } from '#errors/mar-error.js';
import { PredictionError } from '../prediction-error.js';
import { decodeBmp, isBmp, type RawImage } from './bmp.js';
import { type Fitted, fitImage, type Placement, sizeOf } from './fit-image.js';
import type { ImageOptions, PictureOptions, Size } from './image-options.js';
import { jpegFrame, shorterSide } from './jpeg-frame.js';
import { Picture } from './picture.js';
import { resamplePixels } from './resample.js';

type SharpModule = typeof import('sharp').default;

/** What can be read, for the message. */
const FORMATS = 'JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP';

let loading: Promise<SharpModule> | undefined;

/** libvips for a server: one thread for each image, since requests run side by side, and no cache, since no image comes twice. */
function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}

/** What an input is made of: the bytes of a file, or an image that was read already. */
export type ImageSource = Uint8Array | Picture;

/** Part of an image in whole pixels. */
interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

/** Interleaved RGB of 8 bits, as large as the image comes to be in the input. */
export interface DecodedImage {
  readonly pixels: Uint8Array;
  readonly fitted: Fitted;
}

/** The image as it lies in the input. What cannot be read is a `PredictionError` 400. */
export async function decodeImage(image: ImageSource, options: ImageOptions): Promise<DecodedImage> {
  const { fit = 'crop', region, resizeShorterSide: shorter = 0 } = options;
  const input = sizeOf(options.size);
  const most = Math.max(input.width, input.height, shorter);
  const isCut = region !== undefined || (fit !== 'crop' && fit !== 'stretch');
  // Where it lies is a question that costs a look at the header; a photograph that is only reduced is spared it.
  if (isCut || !(image instanceof Uint8Array) || shorterSide(image) < most) return decodePlaced(image, options);
  const { pipeline } = await orUnreadable(open(await loadSharp(), image, options));
  return { pixels: await reduce(pipeline, input, options), fitted: { input, resized: input, left: 0, top: 0 } };
}

/** As {@link decodeImage}, and where it lies. */
export async function decodePlaced(
  image: ImageSource,
  options: ImageOptions,
): Promise<DecodedImage & { readonly placement: Placement }> {
  const opened = await orUnreadable(open(await loadSharp(), image, options));
  const size = opened.size ?? (image instanceof Picture ? image : await sizeOfImage(image));
  const region = options.region && wholePixels(options.region, size);
  const part = region ?? size;
  const fitted = fitImage(part, options);
  const pipeline = region ? opened.pipeline.extract(region) : opened.pipeline;
  const { resized, input } = fitted;
  const isEnlarged = resized.width > part.width || resized.height > part.height;
  const pixels =
    isEnlarged && options.kernel !== 'nearest'
      ? cutOut(await enlarge(pipeline, part, resized, options.kernel), fitted)
      : await reduce(pipeline, options.fit === 'crop' || !options.fit ? input : resized, options);
  return { pixels, fitted, placement: placementOf(size, region, fitted) };
}

/** By libvips, to this size. */
function reduce(
  pipeline: Sharp,
  size: Size,
  { fit = 'crop', kernel = 'cubic', resizeShorterSide: shorter }: ImageOptions,
): Promise<Uint8Array> {
  if (fit !== 'crop') return bytesOf(pipeline.resize({ ...size, fit: 'fill', kernel }));
  if (shorter === undefined) return bytesOf(pipeline.resize({ ...size, fit: 'cover', kernel }));
  const around = { width: Math.max(shorter, size.width), height: Math.max(shorter, size.height) };
  const left = Math.floor((around.width - size.width) / 2);
  const top = Math.floor((around.height - size.height) / 2);
  return bytesOf(pipeline.resize({ ...around, fit: 'cover', kernel }).extract({ left, top, ...size }));
}

async function enlarge(
  pipeline: Sharp,
  part: Size,
  resized: Size,
  kernel: 'linear' | 'cubic' | 'lanczos3' = 'cubic',
): Promise<Uint8Array> {
  const { width, height } = part;
  return resamplePixels({ data: await bytesOf(pipeline), width, height }, resized, kernel);
}

/** What of a resized image is left in the input: all of it, unless it is cropped. */
function cutOut(pixels: Uint8Array, { input, resized, left, top }: Fitted): Uint8Array {
  const width = Math.min(input.width, resized.width);
  const height = Math.min(input.height, resized.height);
  if (width === resized.width && height === resized.height) return pixels;
  const result = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((y - Math.min(0, top)) * resized.width - Math.min(0, left)) * 3;
    result.set(pixels.subarray(from, from + width * 3), y * width * 3);
  }
  return result;
}

function bytesOf(pipeline: Sharp): Promise<Uint8Array> {
  return orUnreadable(pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer());
}

/**
 * An image decoded once, for several inputs: pass it to `imageTensor` in place of the bytes. Colours as there. What is not an image is a
 * `PredictionError` 400.
 */
export async function decodePicture(image: Uint8Array, options: PictureOptions): Promise<Picture> {
  const sharp = await loadSharp();
  const { pipeline } = await orUnreadable(open(sharp, image, options));
  const raw = pipeline.toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, info } = await orUnreadable(raw.toBuffer({ resolveWithObject: true }));
  return new Picture(info.width, info.height, data);
}

/** The region in whole pixels, rounded outwards and cut at the edges of the image. */
function wholePixels(region: NonNullable<ImageOptions['region']>, { width, height }: Size): Region {
  const [x1, y1, x2, y2] = region;
  const left = Math.max(0, Math.floor(x1));
  const top = Math.max(0, Math.floor(y1));
  const size = { width: Math.min(width, Math.ceil(x2)) - left, height: Math.min(height, Math.ceil(y2)) - top };
  if (size.width > 0 && size.height > 0) return { left, top, ...size };
  throw new MarError(`The region ${region.join(', ')} holds no pixel of an image of ${width} x ${height}.`, {
    code: 'ERR_SERVICE_ARGUMENT',
    hint: 'A region is [x1, y1, x2, y2] in pixels of the image, with x1 < x2 and y1 < y2.',
  });
}

function placementOf(image: Size, region: Region | undefined, { resized, left, top }: Fitted): Placement {
  const part = region ?? { left: 0, top: 0, ...image };
  const scaleX = resized.width / part.width;
  const scaleY = resized.height / part.height;
  const { width, height } = image;
  return {
    image: { width, height },
    scaleX,
    scaleY,
    left: left - part.left * scaleX,
    top: top - part.top * scaleY,
  };
}

/** Width and height of an image as it is seen, its EXIF orientation applied. */
export async function sizeOfImage(image: Uint8Array): Promise<Size> {
  return orUnreadable(
    (async () => {
      if (isBmp(image)) {
        const { width, height } = decodeBmp(image);
        return { width, height };
      }
      const sharp = await loadSharp();
      const { autoOrient } = await sharp(image).metadata();
      return autoOrient;
    })(),
  );
}

/** What libvips or a decoder of ours finds wrong with the bytes, as a `PredictionError` 400. */
async function orUnreadable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new PredictionError(`the image cannot be decoded, expected ${FORMATS}: ${messageOf(error)}`, 400, {
      cause: error,
    });
  }
}

interface Opened {
  readonly pipeline: Sharp;
  /** Where it is known without asking. */
  readonly size?: Size;
}

/** The image the right way up, without transparency. */
async function open(sharp: SharpModule, image: ImageSource, options: PictureOptions): Promise<Opened> {
  if (image instanceof Picture) return fromRaw(sharp, { ...image, channels: 3 });
  if (isBmp(image)) return fromRaw(sharp, decodeBmp(image));
  const plain = sharp(image, { sequentialRead: true }).autoOrient();
  // A JPEG of three colours is most of what comes: nothing more is asked about it.
  const components = jpegFrame(image)?.components;
  if (components === 1 || components === 3) return { pipeline: plain };
  const { hasAlpha, space, autoOrient } = await sharp(image).metadata();
  if (space === 'cmyk') return fromRaw(sharp, await fromCmyk(plain));
  if (!hasAlpha) return { pipeline: plain, size: autoOrient };
  const { alpha = 'drop', background = 0 } = options;
  const [r = 0, g = r, b = r] = typeof background === 'number' ? [background] : background;
  if (alpha === 'blend') return { pipeline: plain.flatten({ background: { r, g, b } }), size: autoOrient };
  // Before it is resized: that would weigh each colour with its transparency.
  const { data, info } = await plain
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return fromRaw(sharp, { data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 });
}

/** Ink as Pillow reads it, without colour profiles: each colour is what its ink and black leave of white. */
async function fromCmyk(image: Sharp): Promise<RawImage> {
  const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw({ depth: 'uchar' });
  const { data, info } = await inks.toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array(info.width * info.height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += info.channels, to += 3) {
    const white = 255 - (data[from + 3] ?? 0);
    for (let channel = 0; channel < 3; channel++)
      pixels[to + channel] = Math.round((white * (255 - (data[from + channel] ?? 0))) / 255);
  }
  return { data: pixels, width: info.width, height: info.height, channels: 3 };
}

function fromRaw(sharp: SharpModule, { data, width, height, channels }: RawImage): Opened {
  return { pipeline: sharp(data, { raw: { width, height, channels } }), size: { width, height } };
}
