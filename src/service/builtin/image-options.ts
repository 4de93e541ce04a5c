import { MarError } from '#errors/mar-error.js';
import type { ImageOptions } from '../image/image-tensor.js';
import type { ValueMetadata } from '../onnx/onnx-session.js';
import type { ImageConfig } from './config.js';

/** Mean and scale for the metadata property `Image.NominalPixelRange`, by the ONNX specification. */
const PIXEL_RANGES: Readonly<Record<string, { mean: number; scale: number }>> = {
  NominalRange_0_255: { mean: 0, scale: 1 },
  Normalized_0_1: { mean: 0, scale: 255 },
  Normalized_1_1: { mean: 127.5, scale: 127.5 },
};

/** Element types of an image. */
const TYPES = ['float32', 'float16', 'uint8'] as const;

/** ImageNet's, as most published classifiers use them: torchvision's values times 255. */
const IMAGENET = { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] };

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
  const layout = config.layout ?? (isChannels(shape[3]) && !isChannels(shape[1]) ? 'NHWC' : 'NCHW');
  const [rows, columns, depth] = layout === 'NHWC' ? [shape[1], shape[2], shape[3]] : [shape[2], shape[3], shape[1]];
  const width = config.width ?? sizeOf(columns, 'width');
  const height = config.height ?? sizeOf(rows, 'height');
  const channels = config.channels ?? channelsOf(depth, metadata['Image.BitmapPixelFormat']);
  // Whole numbers hold the pixels themselves.
  const range =
    type === 'uint8'
      ? { mean: 0, scale: 1 }
      : (PIXEL_RANGES[metadata['Image.NominalPixelRange'] ?? ''] ?? defaultRange(channels, fit));
  const finalFit = config.fit ?? fit;
  const shorter = Math.min(width, height);
  return {
    fit: finalFit,
    ...(finalFit === 'crop' && { resizeShorterSide: Math.round((shorter * 8) / 7) }),
    ...range,
    layout,
    channels,
    ...config,
    type,
    size: { width, height },
  };
}

function isChannels(dimension: number | string | undefined): boolean {
  return dimension === 1 || dimension === 3;
}

function sizeOf(dimension: number | string | undefined, name: string): number {
  if (typeof dimension === 'number') return dimension;
  throw new MarError(`The model leaves the ${name} of its input open, and service.json does not give it.`, {
    code: 'ERR_SERVICE_CONFIG',
    hint: `Set image.${name} in service.json, in pixels.`,
  });
}

function channelsOf(depth: number | string | undefined, format: string | undefined): 'RGB' | 'BGR' | 'GRAY' {
  if (format?.startsWith('Gray') || depth === 1) return 'GRAY';
  return format?.startsWith('Bgr') ? 'BGR' : 'RGB';
}

/** Detectors are trained on 0 to 1, classifiers on ImageNet's normalisation. */
function defaultRange(channels: 'RGB' | 'BGR' | 'GRAY', fit: 'crop' | 'stretch') {
  if (fit === 'stretch' || channels === 'GRAY') return { mean: 0, scale: 255 };
  if (channels === 'RGB') return IMAGENET;
  return { mean: IMAGENET.mean.toReversed(), scale: IMAGENET.scale.toReversed() };
}
