import { isDeepStrictEqual } from 'node:util';
import type { Expectation } from './golden-case.js';

/** What is compared of an answer. */
export interface ObservedAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const TOLERANCE = 1e-4;

/** Every difference between an answer and what was expected, one sentence each; none means that the case passes. */
export function compareAnswer(answer: ObservedAnswer, expect: Expectation): string[] {
  const status = expect.status ?? 200;
  const text = answer.body.toString('utf8');
  if (answer.status !== status) return [`status ${answer.status}, expected ${status}: ${shorten(text)}`];
  if (expect.text !== undefined) {
    return text === expect.text ? [] : [`answered ${shorten(text)}, expected ${shorten(expect.text)}`];
  }
  if (expect.classes === undefined && !('json' in expect)) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [`the answer is not JSON: ${shorten(text)}`];
  }
  const tolerance = expect.tolerance ?? TOLERANCE;
  if (expect.classes) return compareClasses(value, expect.classes, tolerance);
  return compareJson(value, expect.json, tolerance, '$');
}

function compareClasses(value: unknown, expected: NonNullable<Expectation['classes']>, tolerance: number): string[] {
  const answered = Array.isArray(value) ? value.filter(isClass) : [];
  if (!Array.isArray(value) || answered.length < value.length || answered.length === 0) {
    return [`the answer is not a list of {probability, class}: ${shorten(JSON.stringify(value))}`];
  }
  const differences: string[] = [];
  for (const { class: name, probability } of expected) {
    const found = answered.find((candidate) => candidate.class === name);
    if (!found) differences.push(`class '${name}' is not among ${answered.map((one) => `'${one.class}'`).join(', ')}`);
    else if (probability !== undefined && Math.abs(found.probability - probability) > tolerance) {
      differences.push(`class '${name}' has probability ${found.probability}, expected ${probability} ± ${tolerance}`);
    }
  }
  const best = answered.reduce((one, other) => (other.probability > one.probability ? other : one));
  if (!expected.some(({ class: name }) => name === best.class)) {
    differences.push(
      `the best class is '${best.class}', expected one of ${expected.map((one) => `'${one.class}'`).join(', ')}`,
    );
  }
  return differences;
}

function isClass(value: unknown): value is { class: string; probability: number } {
  return isObject(value) && typeof value['class'] === 'string' && typeof value['probability'] === 'number';
}

function compareJson(found: unknown, expected: unknown, tolerance: number, path: string): string[] {
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return value === undefined ? 'absent' : shorten(JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text || '(empty)';
}
