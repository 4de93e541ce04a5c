import { type InputDeclaration, type InputDeclarations, isRequired } from './declared-inputs.js';

/**
 * The JSON Schema of one declared input as it stands in a JSON request: files are base64, tensors lists in lists. Without `forPeople` it
 * lacks the description and the default.
 */
export function inputSchema(input: InputDeclaration, { forPeople = true } = {}): Record<string, unknown> {
  const about = forPeople
    ? {
        ...(input.description !== undefined && { description: input.description }),
        ...('default' in input && { default: input.default }),
      }
    : {};
  return { ...about, ...valueSchema(input) };
}

function valueSchema(input: InputDeclaration): Record<string, unknown> {
  switch (input.type) {
    case 'string': {
      const { choices, minLength, maxLength, pattern } = input;
      return { type: 'string', ...given({ enum: choices, minLength, maxLength, pattern }) };
    }
    case 'integer':
    case 'number': {
      const { type, choices, minimum, maximum } = input;
      return { type, ...given({ enum: choices, minimum, maximum }) };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'json':
      return { ...input.schema };
    case 'file':
    case 'image':
      return { type: 'string', contentEncoding: 'base64' };
    case 'tensor':
      return { type: 'array', items: {} };
  }
}

function given(keywords: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

/** The JSON Schema of a request in JSON: an object of the inputs. */
export function requestSchema(inputs: InputDeclarations): Record<string, unknown> {
  const entries = Object.entries(inputs);
  return {
    type: 'object',
    required: entries.flatMap(([name, input]) => (isRequired(input) ? [name] : [])),
    properties: Object.fromEntries(entries.map(([name, input]) => [name, inputSchema(input)])),
    additionalProperties: false,
  };
}
