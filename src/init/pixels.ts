import { type PixelRange, type PixelScale, pixelScale } from '#conventions/pixels.js';

/** A range of channel values as settings of a template. */
export function pixelSettings(range: PixelRange): { readonly MEAN: string; readonly SCALE: string } {
  const { mean, scale } = pixelScale(range);
  const text = (value: PixelScale['mean']) => JSON.stringify(value).replaceAll(',', ', ');
  return { MEAN: text(mean), SCALE: text(scale) };
}
