import { isObject } from '#json-object.js';
import type { ModelAnswer } from '../ask.js';
import { compareAnswer } from '../compare-answer.js';
import { compareJson, shorten } from '../compare-json.js';
import { expectationOf } from '../record-case.js';

/** Numbers of one machine may differ by this part of the largest one: a batch adds up in another order. */
const PRECISION = 1e-3;
const LEAST = 1e-4;

/** How two answers to the same request differ, a sentence each; numbers may differ by a thousandth of the largest, or by `tolerance`. */
export function differencesOf(found: ModelAnswer, expected: ModelAnswer, tolerance = 0): string[] {
  const text = found.body.toString('utf8');
  if (found.status !== expected.status)
    return [`status ${found.status}, expected ${expected.status}: ${saidBy(found)}`];
  if (found.body.equals(expected.body)) return [];
  const expectation = expectationOf(expected, PRECISION);
  const allowed = Math.max(LEAST, expectation.tolerance ?? 0, tolerance);
  // Of two classes that are about as probable either may come first.
  if (expectation.classes) return compareAnswer(found, { ...expectation, status: found.status, tolerance: allowed });
  const [one, other] = [jsonOf(found), jsonOf(expected)];
  if (one && other) return compareJson(one.value, other.value, allowed, '$');
  return [`answered ${shorten(text)}, expected ${shorten(expected.body.toString('utf8'))}`];
}

/** What an error says, in a line: the message of a JSON body, else its first lines. */
export function saidBy(answer: ModelAnswer): string {
  const value = jsonOf(answer)?.value;
  const message =
    isObject(value) && typeof value['message'] === 'string' ? value['message'] : answer.body.toString('utf8');
  return shorten(message.split('\n').slice(0, 2).join(' '));
}

/** The largest difference between numbers of two answers; undefined where anything else differs too. */
export function largestDifference(found: ModelAnswer, expected: ModelAnswer): number | undefined {
  const [one, other] = [jsonOf(found), jsonOf(expected)];
  return one && other && found.status === expected.status ? distance(one.value, other.value) : undefined;
}

function distance(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return Math.abs(one - other);
  const isBranch = (Array.isArray(one) && Array.isArray(other)) || (isObject(one) && isObject(other));
  if (!isBranch) return one === other ? 0 : undefined;
  const others = new Map(Object.entries(other));
  if (others.size !== Object.keys(one).length) return undefined;
  let largest = 0;
  for (const [key, value] of Object.entries(one)) {
    const found = others.has(key) ? distance(value, others.get(key)) : undefined;
    if (found === undefined) return undefined;
    largest = Math.max(largest, found);
  }
  return largest;
}

function jsonOf({ body }: ModelAnswer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) };
  } catch {
    return undefined;
  }
}
