import { PredictionError } from '../prediction-error.js';

/** What a model says about one input that is a tensor. */
export interface TensorInput {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** `float32[n,4]`, as people write it. */
export function describeTensor({ type, shape }: Omit<TensorInput, 'name'>): string {
  return `${type}[${shape.map((extent) => (extent === '' ? '?' : extent)).join(',')}]`;
}

/** The refusal of one input: what was found, and what the model takes. */
export function refuseInput(input: TensorInput, found: string, status = 400): PredictionError {
  return new PredictionError(`the input '${input.name}' ${found}; the model takes ${describeTensor(input)}`, status);
}

/** Refuses a shape that the model cannot take: another number of axes, or another length of a fixed one. */
export function checkShape(input: TensorInput, dims: readonly number[]): void {
  const fits =
    dims.length === input.shape.length &&
    dims.every((extent, axis) => typeof input.shape[axis] === 'string' || input.shape[axis] === extent);
  if (!fits) throw refuseInput(input, `has the shape [${dims.join(',')}]`);
}

/**
 * The shapes that a client gives for inputs in the header `x-tensor-shape`, by name: `2,3` for the only input, `x=2,3; y=4` for several.
 * What is no shape, and a shape for none of the inputs, is refused; `refuse` makes the error of the request as a whole.
 */
export function givenShapes(
  header: string | undefined,
  inputs: readonly TensorInput[],
  refuse: (problem: string) => Error,
): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (header === undefined) return shapes;
  const [only, ...others] = inputs;
  if (!header.includes('=')) {
    if (!only || others.length > 0) {
      throw refuse(
        `x-tensor-shape is '${header.trim()}', expected the shapes by name, such as ${only?.name ?? 'x'}=2,3`,
      );
    }
    return shapes.set(only.name, readShape(header, only));
  }
  for (const part of header.split(';')) {
    if (part.trim() === '') continue;
    // A name may hold an equals sign, a shape holds none.
    const equals = part.lastIndexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim();
    const input = inputs.find((one) => one.name === name);
    if (!input) throw refuse(`x-tensor-shape gives a shape for '${name}', which is not an input`);
    if (shapes.has(name)) throw refuse(`x-tensor-shape gives the input '${name}' two shapes, expected one`);
    shapes.set(name, readShape(part.slice(equals + 1), input));
  }
  return shapes;
}

function readShape(given: string, input: TensorInput): number[] {
  const text = given.trim().replace(/^\[(.*)\]$/, '$1');
  const dims =
    text.trim() === '' ? [] : text.split(',').map((extent) => (/^\s*\d{1,15}\s*$/.test(extent) ? Number(extent) : -1));
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (dims.includes(-1) || !Number.isSafeInteger(size)) {
    throw refuseInput(
      input,
      `is given the shape '${given.trim()}' by x-tensor-shape, expected whole numbers from 0, such as 2,3`,
    );
  }
  checkShape(input, dims);
  return dims;
}
