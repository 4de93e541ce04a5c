/** Order of the axes of an image tensor: batch, channels, height, width, or the channels last. */
export type Layout = 'NCHW' | 'NHWC';

export function isLayout(value: unknown): value is Layout {
  return value === 'NCHW' || value === 'NHWC';
}

/** A dimension of a model's input: a number, a name, or nothing known. */
type Dimension = number | string | null | undefined;

/** The axes of an image input. */
export interface ImageAxes {
  readonly layout: Layout;
  readonly height: Dimension;
  readonly width: Dimension;
  readonly channels: Dimension;
}

/** The axes of four dimensions in a layout, by default the one that they show: channels are last where only the last axis has 1 or 3. */
export function imageAxes(dims: readonly Dimension[], layout = layoutOf(dims)): ImageAxes {
  const [, second, third, fourth] = dims;
  return layout === 'NHWC'
    ? { layout, height: second, width: third, channels: fourth }
    : { layout, height: third, width: fourth, channels: second };
}

function layoutOf([, second, , fourth]: readonly Dimension[]): Layout {
  return isChannels(fourth) && !isChannels(second) ? 'NHWC' : 'NCHW';
}

function isChannels(dim: Dimension): boolean {
  return dim === 1 || dim === 3;
}
