import { messageOf } from '#errors/mar-error.js';
import { isObject, pointerPart } from '#json-object.js';
import { compileSchema, type SchemaProblem, schemaCheck } from '#schema.js';
import type { InputDeclaration, InputDeclarations } from './declared-inputs.js';
import { inputSchema } from './input-schema.js';

/** What only some types have. */
const OF_TYPES: Readonly<Record<string, readonly string[]>> = {
  default: ['string', 'integer', 'number', 'boolean', 'json'],
  choices: ['string', 'integer', 'number'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  minimum: ['integer', 'number'],
  maximum: ['integer', 'number'],
  schema: ['json'],
  elements: ['tensor'],
  shape: ['tensor'],
};

/** Where the inputs of a manifest or a handler break their form; pointers count from them. An empty list means that the value is `InputDeclarations`. */
export function declarationProblems(value: unknown): SchemaProblem[] {
  const broken = schemaCheck('inputs')(value);
  if (broken.length > 0 || !isDeclarations(value)) return broken;
  return Object.entries(value).flatMap(([name, input]) =>
    senseless(input).map(([key, message]) => ({
      pointer: `/${pointerPart(name)}${key === '' ? '' : `/${key}`}`,
      message,
    })),
  );
}

/** The value, where it has the form that `declarationProblems` finds nothing in. */
export function isDeclarations(value: unknown): value is InputDeclarations {
  return isObject(value);
}

/** What has the form and cannot be meant: `[key, what is wrong]`. */
function senseless(input: InputDeclaration): [key: string, message: string][] {
  const type: string = input.type;
  const foreign = Object.keys(input).filter((key) => OF_TYPES[key]?.includes(type) === false);
  if (foreign.length > 0) return foreign.map((key) => [key, `is nothing that an input of the type ${type} has`]);
  if (type === 'tensor' && !('shape' in input))
    return [['', "lacks 'shape': the length of each axis, null for one of any length"]];
  if (input.optional === true && 'default' in input) return [['optional', 'must not be there beside a default']];
  for (const [low, high] of [
    ['minimum', 'maximum'],
    ['minLength', 'maxLength'],
  ] as const) {
    const [least, most] = [Reflect.get(input, low), Reflect.get(input, high)];
    if (typeof least === 'number' && typeof most === 'number' && least > most)
      return [[low, `is ${least}, more than ${high}, which is ${most}`]];
  }
  let check: (found: unknown) => readonly SchemaProblem[];
  try {
    check = compileSchema(inputSchema(input, { forPeople: false }));
  } catch (error) {
    return [[type === 'json' ? 'schema' : 'pattern', `cannot be used: ${messageOf(error)}`]];
  }
  const given = 'default' in input ? [['default', input.default] as const] : [];
  const offered = 'choices' in input ? (input.choices ?? []).map((one, at) => [`choices/${at}`, one] as const) : [];
  return [...given, ...offered].flatMap(([key, found]) =>
    check(found).map(({ pointer, message }): [string, string] => [`${key}${pointer}`, message]),
  );
}
