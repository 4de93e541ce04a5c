import type { TensorLike, Tensors } from '../tensor.js';

/** The tensors of one request, and what its answer needs to know of it besides. */
export class Preprocessed<Found> {
  readonly tensors: Tensors | TensorLike;
  readonly found: Found;

  constructor(tensors: Tensors | TensorLike, found: Found) {
    this.tensors = tensors;
    this.found = found;
  }
}

/** What `preprocess` returns for a service whose `postprocess` gets `found`: an image's size, a text's length. */
export function preprocessed<Found>(tensors: Tensors | TensorLike, found: Found): Preprocessed<Found> {
  return new Preprocessed(tensors, found);
}

/** Tensors alone where nothing is found besides. */
export type PreprocessResult<Found> = [Found] extends [undefined] ? Tensors | TensorLike : Preprocessed<Found>;
