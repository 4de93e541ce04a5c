import { messageOf } from '#errors/mar-error.js';
import { type Inputs, type InputValue, type Json, mainInput } from './inputs.js';
import { PredictionError } from './prediction-error.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * An input as text, however it was sent: `text/plain`, or bytes as UTF-8, which the fields of a form are. Without a name it is the one of
 * `mainInput`. What is missing or no text is a `PredictionError` 400.
 */
export function textInput(inputs: Inputs, name?: string): string {
  const value = named(inputs, name);
  if (typeof value === 'string') return value;
  if (!Buffer.isBuffer(value)) throw refuse(name, `is ${kindOf(value)}, expected a text`);
  try {
    return UTF8.decode(value);
  } catch {
    throw refuse(name, 'is not UTF-8, expected a text');
  }
}

/**
 * An input as JSON, however it was sent: `application/json`, or text or bytes that are JSON, as the fields of a form. Without a name it is
 * the one of `mainInput`. What is missing or no JSON is a `PredictionError` 400.
 */
export function jsonInput(inputs: Inputs, name?: string): Json {
  const value = named(inputs, name);
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) {
    if (value === undefined) throw refuse(name, 'is missing, expected JSON');
    return value;
  }
  const text = textInput(inputs, name);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(name, `is not JSON: ${messageOf(error)}`);
  }
}

function named(inputs: Inputs, name: string | undefined): InputValue | undefined {
  if (name === undefined) return mainInput(inputs);
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
}

/** What a value is, in a sentence. @internal */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function refuse(name: string | undefined, problem: string): PredictionError {
  return new PredictionError(`${name === undefined ? 'the input' : `the input '${name}'`} ${problem}`, 400);
}
