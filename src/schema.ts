import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { pointerPart } from './json-object.js';
import { didYouMean } from './nearest.js';
import { ownFile } from './own-files.js';

/** One place where a value breaks its schema: an RFC 6901 pointer (`''` is the whole value) and what is wrong there. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
const compiled = new Map<string, (value: unknown) => SchemaProblem[]>();

/**
 * The check described by `schemas/NAME.schema.json`, compiled once per process.
 * It returns every problem found, or an empty list.
 */
export function schemaCheck(name: string): (value: unknown) => SchemaProblem[] {
  const known = compiled.get(name);
  if (known) return known;
  const schema: unknown = JSON.parse(readFileSync(ownFile(`schemas/${name}.schema.json`), 'utf8'));
  const validate = ajv.compile(schema as object);
  const check = (value: unknown): SchemaProblem[] => (validate(value) ? [] : (validate.errors ?? []).map(describe));
  compiled.set(name, check);
  return check;
}

/**
 * The check that somebody else's JSON Schema (2020-12) describes. Throws what is wrong with the schema itself; words that the standard does not have are
 * taken for slips.
 */
export function compileSchema(schema: object): (value: unknown) => SchemaProblem[] {
  const own = new Ajv2020({ allErrors: true, verbose: true, strictTypes: false, strictTuples: false });
  const validate = own.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(describe));
}

/**
 * Holds a value to `schemas/NAME.schema.json`: returns it as `T`, the type that the schema describes, or throws what
 * `refuse` makes of the problems.
 */
export function holdToSchema<T>(
  name: string,
  value: unknown,
  refuse: (problems: readonly SchemaProblem[]) => Error,
): T {
  const problems = schemaCheck(name)(value);
  if (problems.length > 0) throw refuse(problems);
  return value as T;
}

/** The problems as indented lines, for the detail of an error. */
export function listProblems(problems: readonly SchemaProblem[]): string {
  return problems.map(({ pointer, message }) => `  ${pointer || '/'} ${message}`).join('\n');
}

function describe(error: ErrorObject): SchemaProblem {
  const parameters: Readonly<Record<string, unknown>> = error.params;
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    const key = String(parameters['additionalProperty'] ?? parameters['unevaluatedProperty']);
    const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
    return { pointer: `${error.instancePath}/${pointerPart(key)}`, message: `is not known${didYouMean(key, known)}` };
  }
  if (error.keyword === 'enum') {
    const allowed = (parameters['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ');
    return { pointer: error.instancePath, message: `must be one of ${allowed}` };
  }
  if (error.keyword === 'required') {
    return { pointer: error.instancePath, message: `lacks '${String(parameters['missingProperty'])}'` };
  }
  if (error.keyword === 'false schema')
    return { pointer: error.instancePath, message: 'must not be there beside the others' };
  return { pointer: error.instancePath, message: error.message ?? error.keyword };
}
