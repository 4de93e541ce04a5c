import { messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import type { RequestPart } from '../context.js';
import { PredictionError } from '../prediction-error.js';
import { parseExactly } from './exact-json.js';
import { fitsBytes } from './read-tensor.js';
import { refuseInput, type TensorInput } from './tensor-shape.js';

const JSON_TYPE = 'application/json';
const BYTES_TYPES = new Set(['application/octet-stream', 'binary/octet-stream']);

/** What JSON text may begin with; a number, a truth or a text stands alone only in a form field. */
const MAY_BE_JSON = /^\s*(?:[[{"]|-?\d|true|false|null)/;

/** Bytes at least that are taken for a text: shorter ones spell a list by chance. */
const SHORTEST_LIST = 4;

/** One value of a request and what is known of how it came. */
export interface Arrived {
  /** As the worker has decoded it. */
  readonly value: unknown;
  /** Undefined where a service is called without a request. */
  readonly part: RequestPart | undefined;
}

/** The members of a body that is a JSON object, whether it says so or not; undefined for everything else. */
export function jsonObject(
  { value, part }: Arrived,
  inputs: readonly TensorInput[],
): Readonly<Record<string, unknown>> | undefined {
  const type = part?.contentType.toLowerCase() ?? '';
  if (!Buffer.isBuffer(value) && typeof value !== 'string') {
    const exact = needsExact(inputs) ? exactly(part) : undefined;
    return isObject(exact) ? exact : isObject(value) ? value : undefined;
  }
  if (BYTES_TYPES.has(type) || (typeof value === 'string' && type === JSON_TYPE)) return undefined;
  if (!beginsAnObject(value)) return undefined;
  const parsed = parsedOrNot(value.toString());
  const isMeant = isObject(parsed) && (type !== '' || inputs.some(({ name }) => Object.hasOwn(parsed, name)));
  return isMeant ? parsed : undefined;
}

/** Looks no further than the first letter: to make a text of a large tensor takes longer than to run many a model on it. */
function beginsAnObject(value: Buffer | string): boolean {
  const start = typeof value === 'string' ? value : value.toString('utf8', 0, 64);
  return /^\s*\{/.test(start.trim() === '' ? value.toString() : start);
}

/** The value of one input: a Buffer for bytes, everything else as JSON has it, long whole numbers exact. */
export function readValue({ value, part }: Arrived, input: TensorInput, shape?: readonly number[]): unknown {
  const type = part?.contentType.toLowerCase() ?? '';
  if (type === JSON_TYPE) {
    if (Buffer.isBuffer(value)) return parsed(value.toString(), type, input);
    return needsExact([input]) ? (exactly(part) ?? value) : value;
  }
  if (BYTES_TYPES.has(type)) {
    if (isListAsBytes(value, input)) {
      throw refuseInput(
        input,
        `came as ${type} and is JSON: send it as ${JSON_TYPE}, with the header Content-Type, or in a form as -F '${input.name}=@FILE;type=${JSON_TYPE}'`,
      );
    }
    return value;
  }
  if (type.startsWith('text')) return parsed(String(value), type, input);
  if (type !== '') {
    throw refuseInput(
      input,
      `came as ${type}, expected the Content-Type ${JSON_TYPE} or application/octet-stream`,
      415,
    );
  }
  if (!Buffer.isBuffer(value) || !MAY_BE_JSON.test(withoutMark(value.toString('utf8', 0, 64)))) return value;
  const found = parsedOrNot(value.toString());
  if (found === undefined) {
    if (!isBrokenList(value, input)) return value;
    throw refuseInput(
      input,
      `came without a Content-Type and looks like JSON that is broken: send JSON as ${JSON_TYPE}, and bytes as application/octet-stream`,
    );
  }
  // Elements of several bytes do not spell JSON by chance; single ones may be a text that the model reads.
  if (isOfBytes(input) && fitsBytes(value, input, shape)) {
    throw refuseInput(
      input,
      `came without a Content-Type and could be JSON or ${value.length} bytes: send it as ${JSON_TYPE} or application/octet-stream, in a form as a file with that type`,
    );
  }
  return found;
}

/** Whether any letter may be an element. Not of bool: its bytes are 0 and 1, which no text has. */
function isOfBytes({ type }: TensorInput): boolean {
  return type === 'uint8' || type === 'int8';
}

/** Whether what is called bytes is a list in JSON, as curl calls a file of a form whose name ends in .json. */
function isListAsBytes(value: unknown, input: TensorInput): boolean {
  if (!Buffer.isBuffer(value) || value.length < SHORTEST_LIST || isOfBytes(input)) return false;
  if (!/^\s*[[{]/.test(withoutMark(value.toString('latin1', 0, 64)))) return false;
  const text = value.toString().replaceAll(/-?\b(?:NaN|Infinity)\b/g, '0');
  return parsedOrNot(text) !== undefined;
}

/** Whether bytes without a type are a text that begins as a list, and no elements that happen to be letters. */
function isBrokenList(value: Buffer, input: TensorInput): boolean {
  return !isOfBytes(input) && /^\s*[[{][\s\x20-\x7e]*$/.test(withoutMark(value.toString()));
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

function needsExact(inputs: readonly TensorInput[]): boolean {
  return inputs.some(({ type }) => type === 'int64' || type === 'uint64');
}

function exactly(part: RequestPart | undefined): unknown {
  return part?.value && parseExactly(withoutMark(part.value.toString()));
}

function parsed(raw: string, type: string, input: TensorInput): unknown {
  try {
    const text = withoutMark(raw);
    return parseExactly(text) ?? JSON.parse(text);
  } catch (error) {
    throw refuseInput(input, `came as ${type} and is not JSON (${messageOf(error)}), expected nested lists`);
  }
}

function parsedOrNot(raw: string): unknown {
  try {
    const text = withoutMark(raw);
    return parseExactly(text) ?? JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A refusal of a request as a whole. */
export function refuseRequest(problem: string, takes: string): PredictionError {
  return new PredictionError(`${problem}; the model takes ${takes}`, 400);
}
