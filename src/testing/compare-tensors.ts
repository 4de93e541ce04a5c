import { isObject } from '#json-object.js';
import { compareJson } from './compare-json.js';
import type { TensorExpectation } from './golden-case.js';

/** The differences between an answer of nested lists by output name and what is known of its outputs. */
export function compareTensors(
  answer: unknown,
  expected: Readonly<Record<string, TensorExpectation>>,
  tolerance: number,
): string[] {
  return Object.entries(expected).flatMap(([name, { shape, first, mean }]) => {
    const found = isObject(answer) && Object.hasOwn(answer, name) ? answer[name] : undefined;
    if (found === undefined) return [`the answer has no output '${name}'`];
    const elements = elementsOf(found);
    const path = `$.${name}`;
    return [
      ...(shape ? compareJson(shapeOf(found), shape, 0, `the shape of ${path}`) : []),
      ...(first ? compareJson(elements.slice(0, first.length), first, tolerance, path) : []),
      ...(mean === undefined ? [] : compareJson(meanOf(elements), mean, tolerance, `the mean of ${path}`)),
    ];
  });
}

/** Lengths of the nested lists along their first elements. */
export function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

/** What nested lists hold, row by row; a value that is none is its own only element. */
export function elementsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
}

/** The mean of the elements; undefined where one is not a number, or there is none. */
export function meanOf(elements: readonly unknown[]): number | undefined {
  let sum = 0;
  for (const element of elements) {
    if (typeof element !== 'number') return undefined;
    sum += element;
  }
  return elements.length === 0 ? undefined : sum / elements.length;
}
