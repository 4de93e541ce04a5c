import { isDeepStrictEqual } from 'node:util';
import { isObject } from '#json-object.js';

/** The differences between two JSON values, one sentence each with its path; numbers may differ by the tolerance. */
export function compareJson(found: unknown, expected: unknown, tolerance: number, path: string): string[] {
  if (typeof found === 'number' && typeof expected === 'number') {
    if (Math.abs(found - expected) <= tolerance) return [];
    return [`${path} is ${found}, expected ${expected} ± ${tolerance}`];
  }
  if (Array.isArray(found) && Array.isArray(expected)) {
    if (found.length !== expected.length) return [`${path} has ${found.length} items, expected ${expected.length}`];
    return expected.flatMap((item, index) => compareJson(found[index], item, tolerance, `${path}[${index}]`));
  }
  if (isObject(found) && isObject(expected)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys].flatMap((key) => compareJson(found[key], expected[key], tolerance, `${path}.${key}`));
  }
  if (isDeepStrictEqual(found, expected)) return [];
  return [`${path} is ${describe(found)}, expected ${describe(expected)}`];
}

function describe(value: unknown): string {
  return value === undefined ? 'absent' : shorten(JSON.stringify(value));
}

/** The beginning of a text that may be long. */
export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text || '(empty)';
}
