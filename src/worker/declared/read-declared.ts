import { MarError } from '#errors/mar-error.js';
import { declarationProblems, isDeclarations } from '#manifest/declaration-problems.js';
import { expectation, type InputDeclaration, isRequired } from '#manifest/declared-inputs.js';
import { inputSchema } from '#manifest/input-schema.js';
import type { Parameter } from '#protocol/messages.js';
import { compileSchema, listProblems, type SchemaProblem } from '#schema.js';
import { type Inputs, PredictionError } from '#service/index.js';
import { convert } from './convert.js';
import { type Given, givenValues, saidOf } from './given-values.js';

/** Makes a handler's inputs of a request; what does not fit is a `PredictionError` 400 that names each input, what was found, and what is expected. */
export type ReadInputs = (parameters: readonly Parameter[]) => Inputs;

/** One declared input with its check, which is made once. */
interface Checked {
  readonly name: string;
  readonly input: InputDeclaration;
  readonly check: (value: unknown) => readonly SchemaProblem[];
}

/** Reads requests by the declared inputs of a manifest; `ERR_MANIFEST_INVALID` where they are not in their form. */
export function declaredReader(written: unknown): ReadInputs {
  const wrong = declarationProblems(written);
  if (wrong.length > 0 || !isDeclarations(written)) {
    throw new MarError('The declared inputs in the manifest are not in their form.', {
      code: 'ERR_MANIFEST_INVALID',
      detail: listProblems(wrong),
    });
  }
  const declared = Object.entries(written).map(([name, input]): Checked => ({ name, input, check: checkOf(input) }));
  return (parameters) => {
    const { values, problems: foreign } = givenValues(parameters, written);
    const problems = [...foreign];
    const inputs = declared.flatMap((one): [string, unknown][] => {
      try {
        const value = handedOver(one, values.get(one.name));
        return value === undefined ? [] : [[one.name, value]];
      } catch (error) {
        if (!(error instanceof PredictionError)) throw error;
        problems.push(error.message);
        return [];
      }
    });
    if (problems.length > 0) throw new PredictionError(problems.join('\n'), 400);
    // By name, not by assignment: an input may be called `__proto__`.
    return Object.fromEntries(inputs) as Inputs;
  };
}

/** Files and tensors are checked as they are converted. */
function checkOf(input: InputDeclaration): Checked['check'] {
  if (input.type === 'file' || input.type === 'image' || input.type === 'tensor') return () => [];
  return compileSchema(inputSchema(input, { forPeople: false }));
}

/** The value for the handler: that of the request, the default, or nothing. JSON's null says nothing, except where JSON is asked for. */
function handedOver({ name, input, check }: Checked, given: Given | undefined): unknown {
  const isAbsent = given === undefined || ('json' in given && given.json === null && input.type !== 'json');
  if (isAbsent && !isRequired(input)) return 'default' in input ? structuredClone(input.default) : undefined;
  const converted = given === undefined ? undefined : convert(name, input, given);
  if (converted === undefined || 'refused' in converted) throw refuse(name, input, given);
  const { value } = converted;
  const problems = check(value);
  if (problems.length === 0) return value;
  if (input.type !== 'json') throw refuse(name, input, given);
  const places = problems.map(({ pointer, message }) => `${pointer && `at ${pointer} `}${message}`);
  throw new PredictionError(
    `the input '${name}' is ${saidOf(given)} that breaks its schema: ${places.join('; ')}`,
    400,
  );
}

function refuse(name: string, input: InputDeclaration, given: Given | undefined): PredictionError {
  return new PredictionError(`the input '${name}' is ${saidOf(given)}, expected ${expectation(input)}`, 400);
}
