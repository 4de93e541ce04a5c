import type { Placement } from '../image/fit-image.js';

/** Corners of a box: left, top, right, bottom; in pixels unless said otherwise. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** The corners of a box that a model gives by its centre, width and height. */
export function fromCentre([x, y, width, height]: readonly [number, number, number, number]): Box {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** Centre, width and height of a box. */
export function toCentre([x1, y1, x2, y2]: Box): readonly [x: number, y: number, width: number, height: number] {
  return [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
}

/** The corners of a box that is given by its upper left corner, width and height, as COCO does. */
export function fromSize([x, y, width, height]: readonly [number, number, number, number]): Box {
  return [x, y, x + width, y + height];
}

/** Upper left corner, width and height of a box, as COCO has them. */
export function toSize([x1, y1, x2, y2]: Box): readonly [x: number, y: number, width: number, height: number] {
  return [x1, y1, x2 - x1, y2 - y1];
}

/** A box in pixels of a model's input, brought back to pixels of the image that was placed there and cut at its edges. */
export function toImage([x1, y1, x2, y2]: Box, { image, scaleX, scaleY, left, top }: Placement): Box {
  const x = (value: number): number => Math.min(image.width, Math.max(0, (value - left) / scaleX));
  const y = (value: number): number => Math.min(image.height, Math.max(0, (value - top) / scaleY));
  return [x(x1), y(y1), x(x2), y(y2)];
}

/** Intersection over union of two boxes, 0 to 1: the area that both have, of the area that either has. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(one) + area(other) - shared);
}

function area([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}
