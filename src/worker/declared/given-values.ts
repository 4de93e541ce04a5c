import { messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { type InputDeclarations, mainDeclared } from '#manifest/declared-inputs.js';
import { didYouMean } from '#nearest.js';
import type { Parameter } from '#protocol/messages.js';
import { PredictionError } from '#service/index.js';

/** A value as a request gives it: JSON, or bytes with the type that the client says. */
export type Given = { readonly json: unknown } | { readonly bytes: Buffer; readonly contentType: string };

const JSON_TYPE = 'application/json';
const AS_JSON = `JSON with the header Content-Type: ${JSON_TYPE}`;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The values of a request by the names of declared inputs, and what is wrong with those that are none. A JSON object as the body gives
 * them by name; any other body is for the main input. A declared `body` takes the body whatever it is. Query
 * parameters for the server are left out. JSON that is none is a `PredictionError`.
 */
export function givenValues(
  parameters: readonly Parameter[],
  inputs: InputDeclarations,
): { readonly values: ReadonlyMap<string, Given>; readonly problems: readonly string[] } {
  const values = new Map<string, Given>();
  const problems: string[] = [];
  const names = Object.keys(inputs);
  const take = (name: string, value: Given): void => {
    if (!Object.hasOwn(inputs, name)) problems.push(unknownInput(name, names));
    else if (values.has(name)) problems.push(`the input '${name}' is given twice, expected once`);
    else values.set(name, value);
  };
  // What `curl -d` makes of JSON: a form, in which a field without an equals sign is dropped.
  if (parameters.length === 0) problems.push(`the form has no fields, expected ${names.join(', ')}, or ${AS_JSON}`);
  for (const parameter of parameters) {
    const { name, contentType, value: bytes } = parameter;
    if (Object.hasOwn(inputs, name)) take(name, readValue(parameter));
    else if (name === 'body') {
      if (bytes.length === 0 && contentType !== JSON_TYPE) continue;
      const body = readValue(parameter);
      const main = mainDeclared(inputs);
      if ('json' in body && isObject(body.json))
        for (const [member, json] of Object.entries(body.json)) take(member, { json });
      else if (main !== undefined) take(main, body);
      else problems.push(`the body is ${saidOf(body)}, expected a JSON object or a form with ${names.join(', ')}`);
    } else if (name !== 'model_name') take(name, readValue(parameter));
  }
  return { values, problems };
}

function readValue({ name, contentType, value }: Parameter): Given {
  if (contentType !== JSON_TYPE) return { bytes: value, contentType };
  try {
    return { json: JSON.parse(UTF8.decode(value)) };
  } catch (error) {
    throw new PredictionError(`The input '${name}' is not valid JSON: ${messageOf(error)}`, 400);
  }
}

function unknownInput(name: string, names: readonly string[]): string {
  // What `curl -d` makes of JSON that nobody calls so.
  const isJson = /^\s*[[{]/.test(name);
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const expected = isJson ? AS_JSON : names.join(', ');
  return `'${shown}' is not an input of this model${didYouMean(name, names)}, expected ${expected}`;
}

/** What was given, for a sentence. */
export function saidOf(given: Given | undefined): string {
  if (given === undefined) return 'missing';
  if ('bytes' in given) return textOf(given.bytes, 60) ?? `${given.bytes.length} bytes`;
  const { json } = given;
  if (json !== null && typeof json === 'object') return Array.isArray(json) ? `a list of ${json.length}` : 'an object';
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Short bytes that are a text, in quotes. */
function textOf(bytes: Buffer, most: number): string | undefined {
  const text = bytes.length > most ? undefined : decoded(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes with control characters are no text to show
  return text === undefined || /[\0-\x1f]/.test(text) ? undefined : JSON.stringify(text);
}

/** The text of UTF-8, undefined for bytes that are none. */
export function decoded(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
