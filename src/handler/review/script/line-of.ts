import type { Remark } from '../remark.js';

/** Line and column of a place in a text, from 1. */
export function lineOf(text: string, offset: number): Pick<Remark, 'line' | 'column'> {
  const before = text.slice(0, Math.max(0, offset));
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
