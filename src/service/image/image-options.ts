import type { Layout } from '#conventions/layout.js';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How the pixels of an image are read. */
export interface PictureOptions {
  /** Transparent pixels: `drop` (default) takes their colour as if there were no transparency, as Pillow's `convert('RGB')`; `blend` lays them on `background`. */
  readonly alpha?: 'drop' | 'blend';
  /** What `blend` lays the image on: 0 to 255, one for all or one for red, green and blue; default black. */
  readonly background?: number | readonly number[];
}

/** How an image becomes a model's input. Channel values are 0 to 255 before `mean` and `scale`. */
export interface ImageOptions extends PictureOptions {
  /** Width and height of the input in pixels; for `inside` the most of each, for `open-width` the height and the most of the width. */
  readonly size: number | Size;
  /**
   * - `crop` (default) keeps the proportions and cuts the centre;
   * - `stretch` does not keep them, and shows all of the image;
   * - `letterbox` keeps them and shows all of it, the rest is `fill`: what YOLO models are trained with;
   * - `inside` makes the input as large as the image's proportions allow within `size`, each side a multiple of `multipleOf`;
   * - `open-width` resizes to the height and leaves the width open, filled at the right up to a multiple of `multipleOf`: lines of
   *   text for a recogniser. An image that would be wider than `size` is squeezed.
   */
  readonly fit?: 'crop' | 'stretch' | 'letterbox' | 'inside' | 'open-width';
  /** For `crop`: the shorter side is resized to this first, then the centre is cropped to `size`; without it the crop takes all it can. */
  readonly resizeShorterSide?: number;
  /** For `letterbox`: where the image lies, in the `centre` (default) or at the `top-left`. */
  readonly anchor?: 'centre' | 'top-left';
  /** For `letterbox` and `open-width`: channel values around the image, 0 to 255, one or in the order of `channels`; default 114. */
  readonly fill?: number | readonly number[];
  /** For `inside` and `open-width`; default 1. */
  readonly multipleOf?: number;
  /** Only this part of the image, `[x1, y1, x2, y2]` in its pixels, rounded outwards and cut at its edges; default all of it. */
  readonly region?: readonly [x1: number, y1: number, x2: number, y2: number];
  /** Subtracted from each channel value, in the order of `channels`; default 0. */
  readonly mean?: number | readonly number[];
  /** Divides each channel value after `mean`, in the order of `channels`; default 1. */
  readonly scale?: number | readonly number[];
  /** `NCHW` (default) or `NHWC`. */
  readonly layout?: Layout;
  /** `RGB` (default), `BGR` or one `GRAY` channel: the luminance of ITU-R 601, as Pillow's `convert('L')`. */
  readonly channels?: 'RGB' | 'BGR' | 'GRAY';
  /** Resampling; default `cubic`. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic' | 'lanczos3';
  /** Element type of the tensor; default float32. uint8 holds the nearest whole number from 0 to 255. */
  readonly type?: 'float32' | 'float16' | 'uint8';
}
