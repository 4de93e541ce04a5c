import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '#json-object.js';
import type { AskModel, ModelAnswer, ModelRequest } from './ask.js';
import { compareAnswer } from './compare-answer.js';
import { elementsOf, meanOf, shapeOf } from './compare-tensors.js';
import type { Expectation, GoldenCase, TensorExpectation } from './golden-case.js';
import { expectationOf } from './record-case.js';
import { writeCase } from './record-inputs.js';

/** A case that is answered otherwise than it expects. */
export interface DifferingCase {
  /** Of the case, in the archive and in the model directory. */
  readonly path: string;
  readonly golden: GoldenCase;
  readonly request: ModelRequest;
  readonly answer: ModelAnswer;
}

/** What became of it: the expectation that was written, or why it stays as it is. */
export type CaseUpdate =
  | { readonly written: Expectation; readonly kept?: never }
  | { readonly kept: string; readonly written?: never };

/**
 * Writes what a model answers now into the case of the model directory, in the form and with the tolerance that the case has. A failure
 * of the model (5xx), an answer that is another one the next time, and a case that lies elsewhere are not written.
 */
export async function updateCase(directory: string, differing: DifferingCase, ask: AskModel): Promise<CaseUpdate> {
  const { path, golden, request, answer } = differing;
  if (answer.status >= 500) return { kept: `the model fails with ${answer.status}, which is nothing to expect` };
  const expect = renewed(golden.expect, answer);
  const [difference] = compareAnswer(await ask(request), expect);
  if (difference !== undefined) return { kept: `asked again the answer is another one: ${difference}` };
  const file = join(directory, path);
  const written: unknown = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
  if (!isObject(written)) return { kept: `it is not in ${directory}` };
  await writeCase(file, { ...written, expect });
  return { written: expect };
}

/** Numbers may differ by this part of the largest one, where the case says nothing else. */
const PRECISION = 1e-3;

/** What an answer shows, in the form of an earlier expectation where it can be had. */
export function renewed(before: Expectation, answer: ModelAnswer): Expectation {
  const { status } = answer;
  if (status !== 200) return { status };
  const found = expectationOf(answer, PRECISION);
  const tolerance = before.tolerance ?? found.tolerance;
  const shared = tolerance === undefined ? {} : { tolerance };
  if (before.classes && found.classes) return { classes: found.classes, ...shared };
  const text = answer.body.toString('utf8');
  if (before.text !== undefined) return { text };
  if (found.text !== undefined || !isJson(text)) return found;
  const value: unknown = JSON.parse(text);
  if (before.tensors && isObject(value)) {
    const tensors = Object.entries(before.tensors).flatMap(([name, known]) =>
      Object.hasOwn(value, name) ? [[name, known, value[name]] as const] : [],
    );
    if (tensors.length > 0)
      return {
        tensors: Object.fromEntries(tensors.map(([name, known, output]) => [name, again(known, output)])),
        ...shared,
      };
  }
  return 'json' in before ? { json: value, ...shared } : { ...found, ...shared };
}

/** What was known of an output, of its new value. */
function again({ shape, first, mean }: TensorExpectation, output: unknown): TensorExpectation {
  const elements = elementsOf(output);
  const known = mean === undefined ? undefined : meanOf(elements);
  return {
    ...(shape && { shape: shapeOf(output) }),
    ...(first && { first: elements.slice(0, first.length) }),
    ...(known !== undefined && { mean: known }),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
