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

/** Refuses a request that brings an input twice: as two fields of a form, or as two members of a JSON object. */
export function refuseRepeated(parts: readonly RequestPart[], inputs: readonly TensorInput[]): void {
  for (const input of inputs) {
    const fields = parts.filter(({ name }) => name === input.name).length;
    const key = JSON.stringify(input.name);
    const members = parts.some(({ contentType, value }) => isText(contentType) && value && timesAsKey(value, key) > 1);
    if (fields > 1 || members) {
      throw refuseInput(input, `is sent ${fields > 1 ? `${fields} times` : 'twice in one JSON object'}, expected once`);
    }
  }
}

function isText(contentType: string): boolean {
  return contentType === '' || contentType.toLowerCase() === JSON_TYPE || contentType.startsWith('text');
}

/** How often a JSON text has this member: a quote inside of a text is escaped, so that a key is nothing else. */
function timesAsKey(text: Buffer, key: string): number {
  let times = 0;
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) {
    let after = at + key.length;
    while (after < text.length && (text[after] ?? 0) <= 0x20) after++;
    if (text[after] === 0x3a) times++;
  }
  return times;
}

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
  const text = value.toString();
  if (!/^\s*\{/.test(text)) return undefined;
  const parsed = parsedOrNot(text);
  const isMeant = isObject(parsed) && (type !== '' || inputs.some(({ name }) => Object.hasOwn(parsed, name)));
  return isMeant ? parsed : undefined;
}

/** The value of one input: a Buffer for bytes, everything else as JSON has it, long whole numbers exact. */
export function readValue({ value, part }: Arrived, input: TensorInput, shape?: readonly number[]): unknown {
  const type = part?.contentType.toLowerCase() ?? '';
  if (type === JSON_TYPE) {
    if (Buffer.isBuffer(value)) return parsed(value.toString(), type, input);
    return needsExact([input]) ? (exactly(part) ?? value) : value;
  }
  if (BYTES_TYPES.has(type)) return value;
  if (type.startsWith('text')) return parsed(String(value), type, input);
  if (type !== '') {
    throw refuseInput(
      input,
      `came as ${type}, expected the Content-Type ${JSON_TYPE} or application/octet-stream`,
      415,
    );
  }
  if (!Buffer.isBuffer(value) || !MAY_BE_JSON.test(value.toString('latin1', 0, 64))) return value;
  const found = parsedOrNot(value.toString());
  if (found === undefined) return value;
  // Elements of several bytes do not spell JSON by chance; single ones may be a text that the model reads.
  if ((input.type === 'uint8' || input.type === 'int8') && fitsBytes(value, input, shape)) {
    throw refuseInput(
      input,
      `came without a Content-Type and could be JSON or ${value.length} bytes: send it as ${JSON_TYPE} or application/octet-stream, in a form as a file with that type`,
    );
  }
  return found;
}

function needsExact(inputs: readonly TensorInput[]): boolean {
  return inputs.some(({ type }) => type === 'int64' || type === 'uint64');
}

function exactly(part: RequestPart | undefined): unknown {
  return part?.value && parseExactly(part.value.toString());
}

function parsed(text: string, type: string, input: TensorInput): unknown {
  try {
    return parseExactly(text) ?? JSON.parse(text);
  } catch (error) {
    throw refuseInput(input, `came as ${type} and is not JSON (${messageOf(error)}), expected nested lists`);
  }
}

function parsedOrNot(text: string): unknown {
  try {
    return parseExactly(text) ?? JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A refusal of a request as a whole. */
export function refuseRequest(problem: string, takes: string): PredictionError {
  return new PredictionError(`${problem}; the model takes ${takes}`, 400);
}
