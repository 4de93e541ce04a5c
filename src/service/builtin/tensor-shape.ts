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
 * The shape that a client gives for an input in the header `x-tensor-shape`: `2,3` for the only input, `x=2,3; y=4` by name. Undefined
 * without one for this input; a shape that is none is refused.
 */
export function givenShape(header: string | undefined, input: TensorInput, isOnly: boolean): number[] | undefined {
  if (header === undefined) return undefined;
  const byName = header.includes('=');
  const parts = header.split(';').map((part) => part.trim());
  const prefix = `${input.name}=`;
  const own = byName
    ? parts.find((part) => part.startsWith(prefix))?.slice(prefix.length)
    : isOnly
      ? header
      : undefined;
  if (own === undefined) return undefined;
  const text = own.trim().replace(/^\[(.*)\]$/, '$1');
  const dims =
    text.trim() === '' ? [] : text.split(',').map((extent) => (/^\s*\d{1,15}\s*$/.test(extent) ? Number(extent) : -1));
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (dims.includes(-1) || !Number.isSafeInteger(size)) {
    throw refuseInput(
      input,
      `is given the shape '${own.trim()}' by x-tensor-shape, expected whole numbers from 0, such as 2,3`,
    );
  }
  checkShape(input, dims);
  return dims;
}
