import { imageAxes } from '#conventions/layout.js';
import { nominalScale, type PixelRange, type PixelScale, pixelScale } from '#conventions/pixels.js';
import { MarError } from '#errors/mar-error.js';
import type { ImageOptions, Size } from '../image/image-options.js';
import type { ValueMetadata } from '../onnx/onnx-session.js';
import type { ImageConfig } from './config.js';
import type { ImageDefaults } from './detector-family.js';

/** Element types of an image. */
const TYPES = ['float32', 'float16', 'uint8'] as const;

/** Width and height of the model's input: configured, else the model's. Refuses an input that is no image, `ERR_MODEL_INPUT`. */
export function imageInputSize(config: ImageConfig, input: ValueMetadata | undefined): Size {
  const axes = imageAxes(imageShape(input).shape, config.layout);
  return {
    width: config.width ?? sizeOf(axes.width, 'width'),
    height: config.height ?? sizeOf(axes.height, 'height'),
  };
}

function imageShape(input: ValueMetadata | undefined) {
  const shape = input?.isTensor ? input.shape : [];
  const type = input?.isTensor ? TYPES.find((one) => one === input.type) : undefined;
  if (type && shape.length === 4) return { type, shape };
  throw new MarError(
    `The model's input ${input?.name ?? ''} is ${input?.isTensor ? `${input.type}[${shape.join(',')}]` : 'no tensor'}, expected ${TYPES.join(', ')} with 4 axes.`,
    { code: 'ERR_MODEL_INPUT' },
  );
}

/** The complete image options: configured values first, then what the model says about itself, then what models of its kind want. */
export function imageOptions(
  config: ImageConfig,
  input: ValueMetadata | undefined,
  metadata: Readonly<Record<string, string>>,
  defaults: ImageDefaults,
): ImageOptions & { readonly size: Size } {
  const { type, shape } = imageShape(input);
  const { width, height, ...configured } = config;
  const size = imageInputSize(config, input);
  const axes = imageAxes(shape, config.layout);
  const format = metadata['Image.BitmapPixelFormat'];
  const channels = config.channels ?? channelsOf(axes.channels, format, defaults.channels);
  // Whole numbers hold the pixels themselves.
  const range =
    type === 'uint8'
      ? pixelScale('0..255')
      : (nominalScale(metadata['Image.NominalPixelRange']) ?? defaultRange(channels, defaults.range));
  const fit = config.fit ?? defaults.fit;
  return {
    fit,
    ...(fit === 'crop' && { resizeShorterSide: Math.round((Math.min(size.width, size.height) * 8) / 7) }),
    ...(fit === 'letterbox' && defaults.anchor && { anchor: defaults.anchor }),
    ...(fit === 'letterbox' && defaults.kernel && { kernel: defaults.kernel }),
    ...range,
    layout: axes.layout,
    channels,
    ...configured,
    type,
    size,
  };
}

function sizeOf(dimension: unknown, name: string): number {
  if (typeof dimension === 'number') return dimension;
  throw new MarError(`The model leaves the ${name} of its input open, and service.json does not give it.`, {
    code: 'ERR_SERVICE_CONFIG',
    hint: `Set image.${name} in service.json, in pixels.`,
  });
}

function channelsOf(
  depth: unknown,
  format: string | undefined,
  otherwise: 'RGB' | 'BGR' | 'GRAY' = 'RGB',
): 'RGB' | 'BGR' | 'GRAY' {
  if (format?.startsWith('Gray') || depth === 1) return 'GRAY';
  if (format === undefined) return otherwise;
  return format.startsWith('Bgr') ? 'BGR' : 'RGB';
}

/** ImageNet's normalisation is for colours, in their order. */
function defaultRange(channels: 'RGB' | 'BGR' | 'GRAY', range: PixelRange): PixelScale {
  if (range !== 'imagenet') return pixelScale(range);
  if (channels === 'GRAY') return pixelScale('0..1');
  const { mean, scale } = pixelScale('imagenet');
  return channels === 'RGB' ? { mean, scale } : { mean: reversed(mean), scale: reversed(scale) };
}

/** Values per channel in the order BGR. */
function reversed(values: PixelScale['mean']): PixelScale['mean'] {
  return typeof values === 'number' ? values : values.toReversed();
}
