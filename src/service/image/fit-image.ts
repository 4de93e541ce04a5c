import { MarError } from '#errors/mar-error.js';
import type { ImageOptions, Size } from './image-options.js';

/** Where an image lies in a model's input: a point of the image is `x * scaleX + left`, `y * scaleY + top` of the input, in pixels. */
export interface Placement {
  /** The image as it was sent, its EXIF orientation applied. */
  readonly image: Size;
  readonly scaleX: number;
  readonly scaleY: number;
  /** Negative where a crop has cut off the left or the upper edge. */
  readonly left: number;
  readonly top: number;
}

/** How the pixels of an image come to lie in the input. */
export interface Fitted {
  /** Size of the input. */
  readonly input: Size;
  /** The image is resized to this, all of it. */
  readonly resized: Size;
  /** Where its upper left corner lies in the input; negative where it is cut. */
  readonly left: number;
  readonly top: number;
}

/** The input's size and what of it an image (or the region of it) takes, by `fit`. */
export function fitImage(image: Size, options: ImageOptions): Fitted {
  const size = sizeOf(options.size);
  const fit = options.fit ?? 'crop';
  if (fit === 'stretch') return { input: size, resized: size, left: 0, top: 0 };
  if (fit === 'crop') return crop(image, size, options.resizeShorterSide);
  if (fit === 'letterbox') return letterbox(image, size, options.anchor ?? 'centre');
  const multiple = options.multipleOf ?? 1;
  if (!Number.isInteger(multiple) || multiple < 1)
    throw new MarError(`multipleOf is ${multiple}, expected a whole number from 1 on.`, {
      code: 'ERR_SERVICE_ARGUMENT',
    });
  return fit === 'inside' ? inside(image, size, multiple) : openWidth(image, size, multiple);
}

/** Width and height of an option that may be one number for both. */
export function sizeOf(size: ImageOptions['size']): Size {
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size;
  if (![width, height].every((side) => Number.isInteger(side) && side > 0))
    throw new MarError(`The size of an input is ${width} x ${height}, expected whole numbers of pixels from 1 on.`, {
      code: 'ERR_SERVICE_ARGUMENT',
    });
  return { width, height };
}

/** As libvips covers a rectangle and cuts it to its centre, and the centre of that once more. */
function crop(image: Size, input: Size, shorter: number = 0): Fitted {
  const around = { width: Math.max(shorter, input.width), height: Math.max(shorter, input.height) };
  const resized = scaled(image, Math.max(around.width / image.width, around.height / image.height));
  const cut = (side: 'width' | 'height'): number =>
    Math.ceil((resized[side] - around[side]) / 2) + Math.floor((around[side] - input[side]) / 2);
  return { input, resized, left: -cut('width'), top: -cut('height') };
}

function letterbox(image: Size, input: Size, anchor: 'centre' | 'top-left'): Fitted {
  const resized = scaled(image, Math.min(input.width / image.width, input.height / image.height));
  const [left, top] =
    anchor === 'top-left'
      ? [0, 0]
      : [Math.floor((input.width - resized.width) / 2), Math.floor((input.height - resized.height) / 2)];
  return { input, resized, left, top };
}

function inside(image: Size, most: Size, multiple: number): Fitted {
  const { width, height } = scaled(image, Math.min(most.width / image.width, most.height / image.height));
  const rounded = (side: number, limit: number): number => {
    const largest = Math.max(multiple, Math.floor(limit / multiple) * multiple);
    return Math.min(largest, Math.max(multiple, Math.round(side / multiple) * multiple));
  };
  const resized = { width: rounded(width, most.width), height: rounded(height, most.height) };
  return { input: resized, resized, left: 0, top: 0 };
}

function openWidth(image: Size, { width: most, height }: Size, multiple: number): Fitted {
  const width = Math.min(most, Math.max(1, Math.ceil((height * image.width) / image.height)));
  const input = { width: Math.ceil(width / multiple) * multiple, height };
  return { input, resized: { width, height }, left: 0, top: 0 };
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
