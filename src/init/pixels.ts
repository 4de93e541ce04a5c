/** Ranges that models want channel values in: `(value - mean) / scale`, where a value goes from 0 to 255. */
const RANGES = {
  imagenet: { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] },
  '0..1': { mean: 0, scale: 255 },
  '-1..1': { mean: 127.5, scale: 127.5 },
  '0..255': { mean: 0, scale: 1 },
} as const;

/** A range by name; `imagenet` is the mean and deviation that torchvision and timm train with. */
export type PixelRange = keyof typeof RANGES;

/** What each range is, shown where the user is asked; the first one is the default. */
export const PIXEL_RANGES: Readonly<Record<PixelRange, string>> = {
  imagenet: 'mean and deviation of ImageNet, as torchvision and timm use them',
  '0..1': 'divided by 255',
  '-1..1': 'divided by 127.5, less one: TensorFlow and many MobileNets',
  '0..255': 'as they are: the model normalises by itself',
};

/** The range as settings of a template. */
export function pixelSettings(range: PixelRange): { readonly MEAN: string; readonly SCALE: string } {
  const { mean, scale } = RANGES[range];
  const text = (value: number | readonly number[]) => JSON.stringify(value).replaceAll(',', ', ');
  return { MEAN: text(mean), SCALE: text(scale) };
}
