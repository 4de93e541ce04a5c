import type { Size } from './image-options.js';

/** Interleaved RGB of 8 bits. */
interface Pixels extends Size {
  readonly data: Uint8Array;
}

interface Filter {
  readonly support: number;
  weight(x: number): number;
}

/** Kernels that weigh the pixels around, as Pillow has them. */
const FILTERS: Readonly<Record<'linear' | 'cubic' | 'lanczos3', Filter>> = {
  linear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  cubic: { support: 2, weight: cubic },
  lanczos3: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/**
 * An image of another size, as Pillow's `resize` makes it: along its rows first, rounded, then along its columns. For what is enlarged:
 * libvips lays that half a pixel off, which can cost a detector an object. Reducing is left to libvips, which is faster.
 */
export function resamplePixels(image: Pixels, to: Size, kernel: keyof typeof FILTERS): Uint8Array {
  const filter = FILTERS[kernel];
  const wide = image.width === to.width ? image.data : pass(image, to.width, filter, 'rows');
  if (image.height === to.height) return wide;
  return pass({ data: wide, width: to.width, height: image.height }, to.height, filter, 'columns');
}

function pass({ data, width, height }: Pixels, length: number, filter: Filter, along: 'rows' | 'columns'): Uint8Array {
  const isRows = along === 'rows';
  const [from, lines] = isRows ? [width, height] : [height, width];
  const result = new Uint8Array(length * lines * 3);
  // Distance of neighbours along and across the line, in bytes.
  const step = isRows ? 3 : width * 3;
  const [lineIn, lineOut, stepOut] = isRows ? [width * 3, length * 3, 3] : [3, 3, width * 3];
  const scale = from / length;
  const stretch = Math.max(1, scale);
  const support = filter.support * stretch;
  for (let at = 0; at < length; at++) {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(from, Math.trunc(centre + support + 0.5));
    const weights = new Float64Array(last - first);
    let sum = 0;
    for (let index = 0; index < weights.length; index++) {
      const weight = filter.weight((index + first - centre + 0.5) / stretch);
      weights[index] = weight;
      sum += weight;
    }
    for (let index = 0; index < weights.length; index++) weights[index] = (weights[index] ?? 0) / sum;
    for (let line = 0; line < lines; line++) {
      const source = line * lineIn + first * step;
      const target = line * lineOut + at * stepOut;
      let [red, green, blue] = [0, 0, 0];
      for (let index = 0, pixel = source; index < weights.length; index++, pixel += step) {
        const weight = weights[index] ?? 0;
        red += weight * (data[pixel] ?? 0);
        green += weight * (data[pixel + 1] ?? 0);
        blue += weight * (data[pixel + 2] ?? 0);
      }
      result[target] = byte(red);
      result[target + 1] = byte(green);
      result[target + 2] = byte(blue);
    }
  }
  return result;
}

function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
