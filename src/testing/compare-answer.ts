import { isObject } from '#json-object.js';
import { compareJson, shorten } from './compare-json.js';
import { compareTensors } from './compare-tensors.js';
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
  const page = pageOf(text);
  if (page !== undefined && (answer.status !== status || isCompared(expect)))
    return [
      `a page of HTML${page} with status ${answer.status}, expected an answer of the model with ${status}: another program answers at this address, or something in between`,
    ];
  if (answer.status !== status) return [`status ${answer.status}, expected ${status}: ${shorten(text)}`];
  if (expect.text !== undefined) {
    return text === expect.text ? [] : [`answered ${shorten(text)}, expected ${shorten(expect.text)}`];
  }
  if (!isCompared(expect)) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [`the answer is not JSON: ${shorten(text)}`];
  }
  const tolerance = expect.tolerance ?? TOLERANCE;
  if (expect.classes) return compareClasses(value, expect.classes, tolerance);
  if (expect.tensors) return compareTensors(value, expect.tensors, tolerance);
  return compareJson(value, expect.json, tolerance, '$');
}

/** Whether more than the status, and anything but a text, is expected. */
function isCompared(expect: Expectation): boolean {
  return expect.classes !== undefined || expect.tensors !== undefined || 'json' in expect;
}

/** The title of an HTML page, as a part of a sentence; undefined for every other answer. */
function pageOf(text: string): string | undefined {
  if (!/^\s*(<!doctype html|<html)/i.test(text)) return undefined;
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(text.slice(0, 4096)) ?? [];
  return title.trim() === '' ? '' : ` (${shorten(title.trim())})`;
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
