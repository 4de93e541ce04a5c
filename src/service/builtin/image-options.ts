import { imageAxes } from '#conventions/layout.js';
import { nominalScale, type PixelScale, pixelScale } from '#conventions/pixels.js';
import { MarError } from '#errors/mar-error.js';
import type { ImageOptions } from '../image/image-options.js';
import type { ValueMetadata } from '../onnx/onnx-session.js';
import type { ImageConfig } from './config.js';

/** Element types of an image. */
const TYPES = ['float32', 'float16', 'uint8'] as const;

/** The complete image options: configured values first, then what the model says about itself, then the defaults. */
export function imageOptions(
  config: ImageConfig,
  input: ValueMetadata | undefined,
  metadata: Readonly<Record<string, string>>,
  fit: 'crop' | 'stretch',
): ImageOptions & { readonly size: { readonly width: number; readonly height: number } } {
  const shape = input?.isTensor ? input.shape : [];
  const type = input?.isTensor ? TYPES.find((one) => one === input.type) : undefined;
  if (!input?.isTensor || !type || shape.length !== 4) {
    throw new MarError(
      `The model's input ${input?.name ?? ''} is ${input?.isTensor ? `${input.type}[${shape.join(',')}]` : 'no tensor'}, expected ${TYPES.join(', ')} with 4 axes.`,
      { code: 'ERR_MODEL_INPUT' },
    );
  }
  const axes = imageAxes(shape, config.layout);
  const width = config.width ?? sizeOf(axes.width, 'width');
  const height = config.height ?? sizeOf(axes.height, 'height');
  const channels = config.channels ?? channelsOf(axes.channels, metadata['Image.BitmapPixelFormat']);
  // Whole numbers hold the pixels themselves.
  const range =
    type === 'uint8'
      ? pixelScale('0..255')
      : (nominalScale(metadata['Image.NominalPixelRange']) ?? defaultRange(channels, fit));
  const finalFit = config.fit ?? fit;
  const shorter = Math.min(width, height);
  return {
    fit: finalFit,
    ...(finalFit === 'crop' && { resizeShorterSide: Math.round((shorter * 8) / 7) }),
    ...range,
    layout: axes.layout,
    channels,
    ...config,
    type,
    size: { width, height },
  };
}

function sizeOf(dimension: unknown, name: string): number {
  if (typeof dimension === 'number') return dimension;
  throw new MarError(`The model leaves the ${name} of its input open, and service.json does not give it.`, {
    code: 'ERR_SERVICE_CONFIG',
    hint: `Set image.${name} in service.json, in pixels.`,
  });
}

function channelsOf(depth: unknown, format: string | undefined): 'RGB' | 'BGR' | 'GRAY' {
  if (format?.startsWith('Gray') || depth === 1) return 'GRAY';
  return format?.startsWith('Bgr') ? 'BGR' : 'RGB';
}

/** Detectors are trained on 0 to 1, classifiers on ImageNet's normalisation. */
function defaultRange(channels: 'RGB' | 'BGR' | 'GRAY', fit: 'crop' | 'stretch'): PixelScale {
  if (fit === 'stretch' || channels === 'GRAY') return pixelScale('0..1');
  const { mean, scale } = pixelScale('imagenet');
  return channels === 'RGB' ? { mean, scale } : { mean: reversed(mean), scale: reversed(scale) };
}

/** Values per channel in the order BGR. */
function reversed(values: PixelScale['mean']): PixelScale['mean'] {
  return typeof values === 'number' ? values : values.toReversed();
}
