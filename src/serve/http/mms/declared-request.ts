import type { JsonObject } from '#json-object.js';
import { isObject } from '#json-object.js';
import {
  type InputDeclaration,
  type InputDeclarations,
  mainDeclared,
  writtenInputs,
} from '#manifest/declared-inputs.js';
import { requestSchema } from '#manifest/input-schema.js';

/** The declared inputs of a manifest; what is not like them, which a worker refuses, is left out. */
export function declaredInputs(extensions: JsonObject): InputDeclarations | undefined {
  const written = writtenInputs(extensions);
  return isAlike(written) ? written : undefined;
}

function isAlike(value: unknown): value is InputDeclarations {
  return isObject(value) && Object.values(value).every((input) => isObject(input) && typeof input['type'] === 'string');
}

/** The request body of an OpenAPI document: JSON, a form, and the main input as the body itself. */
export function requestBody(inputs: InputDeclarations): unknown {
  const schema = requestSchema(inputs);
  const files = Object.entries(inputs).flatMap(([name, input]) => (isFile(input) ? [[name, fileSchema(input)]] : []));
  const form = { ...schema, properties: { ...Object(schema['properties']), ...Object.fromEntries(files) } };
  const main = mainDeclared(inputs);
  const declared = main === undefined ? undefined : inputs[main];
  return {
    required: true,
    content: {
      'application/json': { schema },
      'multipart/form-data': { schema: form },
      ...(declared && plainBody(declared)),
    },
  };
}

function isFile({ type }: InputDeclaration): boolean {
  return type === 'file' || type === 'image';
}

/** Bytes, which a form holds as they are. */
function fileSchema({ type, description }: InputDeclaration): unknown {
  return { ...(description !== undefined && { description }), contentMediaType: mediaType(type) };
}

function plainBody(input: InputDeclaration): Record<string, unknown> {
  if (input.type === 'string') return { 'text/plain': { schema: { type: 'string' } } };
  return isFile(input) || input.type === 'tensor' ? { [mediaType(input.type)]: {} } : {};
}

function mediaType(type: InputDeclaration['type']): string {
  return type === 'image' ? 'image/*' : 'application/octet-stream';
}
