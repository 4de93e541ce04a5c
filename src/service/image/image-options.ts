import type { Layout } from '#conventions/layout.js';

/** How an image becomes a model's input. Channel values are 0 to 255 before `mean` and `scale`. */
export interface ImageOptions {
  /** Width and height of the input in pixels. */
  readonly size: number | { readonly width: number; readonly height: number };
  /** The shorter side is resized to this first, then the centre is cropped to `size`; without it the crop takes all it can. */
  readonly resizeShorterSide?: number;
  /** `crop` keeps the proportions and cuts the centre (default); `stretch` does not, and shows all of the image. */
  readonly fit?: 'crop' | 'stretch';
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
  /** Transparent pixels: `drop` (default) takes their colour as if there were no transparency, as Pillow's `convert('RGB')`; `blend` lays them on `background`. */
  readonly alpha?: 'drop' | 'blend';
  /** What `blend` lays the image on: 0 to 255, one for all or one for red, green and blue; default black. */
  readonly background?: number | readonly number[];
  /** Element type of the tensor; default float32. uint8 holds the nearest whole number from 0 to 255. */
  readonly type?: 'float32' | 'float16' | 'uint8';
}
