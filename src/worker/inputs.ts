import { messageOf } from '#errors/mar-error.js';
import type { Parameter } from '#protocol/messages.js';
import { type Inputs, type InputValue, PredictionError } from '#service/index.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Set to `false` by the front end when handlers want the raw bytes of every input. */
const DECODED = process.env['MMS_DECODE_INPUT_REQUEST'] !== 'false';

/**
 * A request's named inputs as its handler sees them: `application/json` parsed, `text*` as string, the rest as bytes; of a
 * repeated name the last one. JSON or text that is none is a `PredictionError` 400.
 */
export function decodeInputs(parameters: readonly Parameter[]): Inputs {
  // Not by assignment: a client may call a field `__proto__`.
  return Object.fromEntries(
    parameters.map((parameter): [string, InputValue] => [
      parameter.name,
      DECODED ? decode(parameter) : parameter.value,
    ]),
  );
}

function decode({ name, contentType, value }: Parameter): InputValue {
  if (contentType === 'application/json') {
    const text = decodeText(name, contentType, value);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new PredictionError(`The input '${name}' is not valid JSON: ${messageOf(error)}`, 400);
    }
  }
  return contentType.startsWith('text') ? decodeText(name, contentType, value) : value;
}

function decodeText(name: string, contentType: string, value: Buffer): string {
  try {
    return UTF8.decode(value);
  } catch {
    throw new PredictionError(`The input '${name}' is sent as ${contentType} but is not valid UTF-8.`, 400);
  }
}
