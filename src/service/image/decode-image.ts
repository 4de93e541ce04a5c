import type { Sharp } from 'sharp';
import { messageOf } from '#errors/mar-error.js';
import { PredictionError } from '../prediction-error.js';
import { decodeBmp, isBmp, type RawImage } from './bmp.js';
import type { ImageOptions } from './image-options.js';

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

/** Interleaved RGB of 8 bits, of exactly the wanted size. What cannot be read is a `PredictionError` 400. */
export async function decodeImage(
  image: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  options: ImageOptions,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { resizeShorterSide: shorter, kernel = 'cubic' } = options;
  try {
    let pipeline = await opened(sharp, image, options);
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
    return await pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
  } catch (error) {
    throw unreadable(error);
  }
}

/** Width and height of an image as it is seen, its EXIF orientation applied. */
export async function sizeOfImage(image: Uint8Array): Promise<{ readonly width: number; readonly height: number }> {
  try {
    if (isBmp(image)) {
      const { width, height } = decodeBmp(image);
      return { width, height };
    }
    const sharp = await loadSharp();
    const { autoOrient } = await sharp(image).metadata();
    return autoOrient;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): PredictionError {
  return new PredictionError(`the image cannot be decoded, expected ${FORMATS}: ${messageOf(error)}`, 400, {
    cause: error,
  });
}

/** The image the right way up, without transparency. */
async function opened(
  sharp: SharpModule,
  image: Uint8Array,
  { alpha = 'drop', background = 0 }: ImageOptions,
): Promise<Sharp> {
  if (isBmp(image)) return fromRaw(sharp, decodeBmp(image));
  const plain = sharp(image, { sequentialRead: true }).autoOrient();
  // A JPEG of three colours is most of what comes: nothing more is asked about it.
  const components = jpegComponents(image);
  if (components === 1 || components === 3) return plain;
  const { hasAlpha, space } = await sharp(image).metadata();
  if (space === 'cmyk') return fromRaw(sharp, await fromCmyk(plain));
  if (!hasAlpha) return plain;
  const [r = 0, g = r, b = r] = typeof background === 'number' ? [background] : background;
  if (alpha === 'blend') return plain.flatten({ background: { r, g, b } });
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

/** Colour components that the frame header of a JPEG names; undefined for another format or a header that is not found. */
function jpegComponents(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    // SOF0 to SOF15, without the tables DHT, JPG and DAC that lie between them.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return bytes[at + 9];
    at += marker === 0xff ? 1 : 2 + ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0);
  }
  return undefined;
}

function fromRaw(sharp: SharpModule, { data, width, height, channels }: RawImage): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}
