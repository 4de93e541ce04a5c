import { isObject } from '#json-object.js';
import type { Context } from '../context.js';
import { type Inputs, mainInput } from '../inputs.js';
import { PredictionError } from '../prediction-error.js';
import { kindOf, textInput } from '../read-input.js';
import type { TextInput } from '../text/tokenizer.js';
import { formProblem, refuseRepeatedNames } from './request-form.js';

const TEXT = 'text';
const PAIR = 'text_pair';
/** What `/invocations` and forms choose a model by. */
const MODEL_NAME = 'model_name';
const EXPECTED =
  'expected a text: the body as text/plain, or JSON {"text": "…"} with the header Content-Type: application/json';
const TYPES = /^(?:$|text\/|application\/(?:json|xml|octet-stream)$)/;

/**
 * The text of a request, with the other one of a pair if there is one: `text/plain`, a JSON string, a JSON object with `text` and
 * `text_pair`, or fields of a form with these names. All else is a `PredictionError` 400, 415 for a content type that is no text.
 */
export function textOf(inputs: Inputs, context: Context, index: number): TextInput {
  const parts = context.requestParts(index);
  refuseRepeatedNames(parts, [TEXT, PAIR]);
  const fields = Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== MODEL_NAME));
  const isForm = Object.hasOwn(fields, TEXT);
  const form = isForm ? undefined : formProblem(context, index, EXPECTED.replace('expected a text', 'send a text'));
  if (form !== undefined) throw new PredictionError(form, 400);
  for (const { name, contentType } of parts) {
    if (TYPES.test(contentType.toLowerCase())) continue;
    throw new PredictionError(`the input '${name}' came as ${contentType}, ${EXPECTED}`, 415);
  }
  const main = isForm ? undefined : mainInput(fields);
  const members = isForm ? fields : (membersOf(main) ?? { [TEXT]: main });
  const unknown = Object.keys(members).find((name) => name !== TEXT && name !== PAIR);
  if (unknown !== undefined) throw new PredictionError(`the input '${unknown}' is not known, ${EXPECTED}`, 400);
  const text = textual(TEXT, members[TEXT]);
  return Object.hasOwn(members, PAIR) ? { text, pair: textual(PAIR, members[PAIR]) } : text;
}

/** The members of a body that is a JSON object, whether it says so or not; other JSON that does not say so may be meant as a text. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!Buffer.isBuffer(value)) return isObject(value) ? value : undefined;
  if (!/^(?:\xef\xbb\xbf)?\s*[[{]/.test(value.toString('latin1', 0, 64))) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString().replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (isObject(parsed) && Object.hasOwn(parsed, TEXT)) return parsed;
  throw new PredictionError(`the request came without a Content-Type and is JSON, ${EXPECTED}`, 400);
}

function textual(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value) && value.length > 0) return textInput({ [name]: value }, name);
  if (Buffer.isBuffer(value)) throw new PredictionError(`the input '${name}' is empty, ${EXPECTED}`, 400);
  throw new PredictionError(`the input '${name}' is ${kindOf(value)}, ${EXPECTED}`, 400);
}
