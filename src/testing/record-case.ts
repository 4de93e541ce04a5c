import type { AskModel, ModelAnswer, ModelRequest } from './ask.js';
import { compareAnswer } from './compare-answer.js';
import { elementsOf, meanOf, shapeOf } from './compare-tensors.js';
import type { Expectation, GoldenCase } from './golden-case.js';
import { requestOf } from './read-golden-case.js';

/** A request that may be made a golden case, and the files that it sends, by the names that it gives them. */
export interface CaseCandidate {
  readonly request: GoldenCase['request'];
  readonly files: ReadonlyMap<string, Buffer>;
}

/** The first candidate that the model answers, with what it answers. */
export interface RecordedCase {
  readonly candidate: CaseCandidate;
  readonly expect: Expectation;
  /** False where the same request was answered differently the second time. */
  readonly isStable: boolean;
}

/** Why there is no case: the last answer. */
export interface NoCase {
  readonly failure: string;
}

export interface RecordOptions {
  /** Numbers may differ by this part of the largest one; default 0.001. */
  readonly precision?: number;
  readonly signal?: AbortSignal;
  /** How long candidates are tried, in milliseconds; default 30,000. */
  readonly timeMs?: number;
}

/** Asks a model one candidate after the other until it answers one with 200, and makes an expectation of the answer. */
export async function recordCase(
  ask: AskModel,
  candidates: Iterable<CaseCandidate>,
  { precision = 1e-3, signal, timeMs = 30_000 }: RecordOptions = {},
): Promise<RecordedCase | NoCase> {
  const until = performance.now() + timeMs;
  let failure = 'there is nothing to ask';
  let fallback: [candidate: CaseCandidate, request: ModelRequest, answer: ModelAnswer] | undefined;
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    const request = await requestOf(async (file) => candidate.files.get(file) ?? Buffer.alloc(0), candidate.request);
    const answer = await ask(request);
    if (answer.status === 200) {
      fallback ??= [candidate, request, answer];
      // Numbers that are none prove little: another input may do better.
      if (!isUndefinedSomewhere(answer)) {
        fallback = [candidate, request, answer];
        break;
      }
    } else failure = firstSentence(answer);
    if (performance.now() > until) break;
  }
  if (!fallback) return { failure };
  const [candidate, request, answer] = fallback;
  const expect = expectationOf(answer, precision);
  const isStable = compareAnswer(await ask(request), expect).length === 0;
  return { candidate, expect: isStable ? expect : shapesOf(answer), isStable };
}

const isUndefinedSomewhere = ({ body }: ModelAnswer): boolean =>
  /"NaN"|\bNaN\b|"-?Infinity"/.test(body.toString('utf8'));

function firstSentence({ status, body }: ModelAnswer): string {
  const text = body.toString('utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return `${status} ${lines.slice(0, 2).join(' ').slice(0, 300)}`;
}

/** Bytes of an answer up to which it is written down whole. */
const MOST_WHOLE = 4096;
/** Elements of a large output that are written down. */
const FIRST = 8;

/** What an answer shows of the model, so that another one can be held to it. */
export function expectationOf({ body }: Pick<ModelAnswer, 'body'>, precision: number): Expectation {
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return Buffer.from(text).equals(body) && text !== '' ? { text } : { status: 200 };
  }
  const elements = numbersIn(value);
  const largest = elements.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  const tolerance = elements.every(Number.isInteger) ? 0 : roundUp(largest * precision);
  if (isClasses(value)) return { classes: bestOf(value), tolerance: roundUp(largest * 0.01) };
  if (text.length <= MOST_WHOLE || !isTensors(value)) return { json: value, tolerance };
  const tensors = Object.entries(value).map(([name, output]) => {
    const all = elementsOf(output);
    const mean = meanOf(all);
    return [name, { shape: shapeOf(output), first: all.slice(0, FIRST), ...(mean !== undefined && { mean }) }];
  });
  return { tensors: Object.fromEntries(tensors), tolerance };
}

/** What stays of an answer whose numbers do not: the shapes of its outputs. */
function shapesOf({ body }: ModelAnswer): Expectation {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isTensors(value) && Object.values(value).every(Array.isArray))
      return {
        tensors: Object.fromEntries(Object.entries(value).map(([name, output]) => [name, { shape: shapeOf(output) }])),
      };
  } catch {
    // An answer that is not JSON has no shapes.
  }
  return { status: 200 };
}

function numbersIn(value: unknown): number[] {
  const found: number[] = [];
  const queue: unknown[] = [value];
  for (let next = queue.pop(); queue.length > 0 || next !== undefined; next = queue.pop()) {
    if (typeof next === 'number') found.push(next);
    else if (typeof next === 'object' && next !== null) for (const one of Object.values(next)) queue.push(one);
  }
  return found;
}

/** One digit, not below the value; 0 stays 0. */
function roundUp(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.ceil(value / unit) * unit).toPrecision(1));
}

type Class = { readonly class: string; readonly probability: number };

function isClasses(value: unknown): value is readonly Class[] {
  const isClass = (one: unknown): boolean =>
    typeof one === 'object' &&
    one !== null &&
    'class' in one &&
    'probability' in one &&
    typeof one.probability === 'number';
  return Array.isArray(value) && value.length > 0 && value.every(isClass);
}

/** The classes that are about as probable as the best one: which of the others are answered may hang on a last digit. */
function bestOf(classes: readonly Class[]): Class[] {
  const best = Math.max(...classes.map(({ probability }) => probability));
  return classes.filter(({ probability }) => probability >= best / 2);
}

/** An object of nested lists. */
function isTensors(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
