import { type JsonObject, objectAt } from '#json-object.js';

interface Declared {
  /** For people: shown by `mar inspect` and in the OpenAPI document. */
  readonly description?: string;
  /** A request may leave it out; the handler then finds nothing under the name. */
  readonly optional?: boolean;
}

/** A text. Lengths count characters; `pattern` is a regular expression that is found anywhere in it unless it has `^` and `$`. */
export interface TextDeclaration extends Declared {
  readonly type: 'string';
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** A number; an integer is whole and at most 2^53. The bounds are allowed. */
export interface NumberDeclaration extends Declared {
  readonly type: 'integer' | 'number';
  readonly default?: number;
  readonly choices?: readonly number[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface BooleanDeclaration extends Declared {
  readonly type: 'boolean';
  readonly default?: boolean;
}

/** Any JSON, held to a JSON Schema (2020-12) where there is one. */
export interface JsonDeclaration extends Declared {
  readonly type: 'json';
  readonly default?: unknown;
  readonly schema?: object;
}

/** The bytes of a file; of an `image` they begin as one of the formats that are read. */
export interface FileDeclaration extends Declared {
  readonly type: 'file' | 'image';
}

/** A tensor, row-major: `float32` unless it says otherwise; null is an axis of any length. */
export interface TensorDeclaration extends Declared {
  readonly type: 'tensor';
  readonly elements?: string;
  readonly shape: readonly (number | null)[];
}

/** What a service says about one of its inputs. */
export type InputDeclaration =
  | TextDeclaration
  | NumberDeclaration
  | BooleanDeclaration
  | JsonDeclaration
  | FileDeclaration
  | TensorDeclaration;

/** The inputs of a service by name. */
export type InputDeclarations = Readonly<Record<string, InputDeclaration>>;

/** What `model.extensions` of a manifest declares, as it stands there; undefined where it declares nothing. */
export function writtenInputs(extensions: JsonObject): unknown {
  return objectAt(extensions, 'modelArchiver')['inputs'];
}

/** True where a request must bring it. */
export function isRequired(input: InputDeclaration): boolean {
  return input.optional !== true && !('default' in input);
}

/**
 * The input that a body which names none is for: the only one, else the only one that a request must bring.
 */
export function mainDeclared(inputs: InputDeclarations): string | undefined {
  const names = Object.keys(inputs);
  const needed = names.filter((name) => inputs[name] && isRequired(inputs[name]));
  const [only, ...others] = names.length === 1 ? names : needed;
  return others.length === 0 ? only : undefined;
}

/** What an input takes, to go on after "expected": `an integer from 1 to 5`. */
export function expectation(input: InputDeclaration): string {
  if ('choices' in input && input.choices)
    return `one of ${input.choices.map((one) => JSON.stringify(one)).join(', ')}`;
  switch (input.type) {
    case 'string':
      return `a text${range(input.minLength, input.maxLength, ' characters')}${input.pattern === undefined ? '' : ` that matches ${input.pattern}`}`;
    case 'integer':
      return `an integer${range(input.minimum, input.maximum)}`;
    case 'number':
      return `a number${range(input.minimum, input.maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'json':
      return 'JSON';
    case 'file':
      return 'a file: its bytes, base64 in JSON';
    case 'image':
      return 'an image: its bytes, base64 in JSON';
    case 'tensor':
      return `a tensor ${tensorType(input)}: lists in JSON, or its bytes`;
  }
}

/** `float32[?,3]`, as people write it. */
export function tensorType({ elements = 'float32', shape }: TensorDeclaration): string {
  return `${elements}[${shape.map((extent) => extent ?? '?').join(',')}]`;
}

function range(low: number | undefined, high: number | undefined, unit = ''): string {
  if (low !== undefined && high !== undefined) return unit ? ` of ${low} to ${high}${unit}` : ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}${unit}`;
  return high === undefined ? '' : ` of at most ${high}${unit}`;
}
