/** How channel values of 0 to 255 become a model's: `(value - mean) / scale`, per channel where there are several. */
export interface PixelScale {
  readonly mean: number | readonly number[];
  readonly scale: number | readonly number[];
}

interface Range extends PixelScale {
  /** What it is, shown where the user is asked. */
  readonly summary: string;
  /** Its name in the property `Image.NominalPixelRange` of an ONNX file, by the ONNX specification. */
  readonly nominal?: string;
}

/** Ranges that models want channel values in. */
const RANGES = {
  imagenet: {
    mean: [123.675, 116.28, 103.53],
    scale: [58.395, 57.12, 57.375],
    summary: 'mean and deviation of ImageNet, as torchvision and timm use them',
  },
  '0..1': { mean: 0, scale: 255, nominal: 'Normalized_0_1', summary: 'divided by 255' },
  '-1..1': {
    mean: 127.5,
    scale: 127.5,
    nominal: 'Normalized_1_1',
    summary: 'divided by 127.5, less one: TensorFlow and many MobileNets',
  },
  '0..255': {
    mean: 0,
    scale: 1,
    nominal: 'NominalRange_0_255',
    summary: 'as they are: the model normalises by itself',
  },
} as const satisfies Readonly<Record<string, Range>>;

/** A range by name; `imagenet` is the mean and deviation that torchvision and timm train with, in the order RGB. */
export type PixelRange = keyof typeof RANGES;

/** What each range is, by name; the first one is the default. */
export const PIXEL_RANGES: Readonly<Record<PixelRange, string>> = {
  imagenet: RANGES.imagenet.summary,
  '0..1': RANGES['0..1'].summary,
  '-1..1': RANGES['-1..1'].summary,
  '0..255': RANGES['0..255'].summary,
};

/** The mean and scale of a range. */
export function pixelScale(range: PixelRange): PixelScale {
  const { mean, scale } = RANGES[range];
  return { mean, scale };
}

/** The mean and scale of a range by its name in the metadata of an ONNX file; undefined for other names. */
export function nominalScale(nominal: string | undefined): PixelScale | undefined {
  const range = Object.values<Range>(RANGES).find((one) => one.nominal !== undefined && one.nominal === nominal);
  return range && { mean: range.mean, scale: range.scale };
}
