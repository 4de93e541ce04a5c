import { MarError } from '#errors/mar-error.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { type Joining, keepsRowsApart } from '#models/onnx/rows/keep-rows-apart.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { crop } from './pad.js';
import { concatenate, type Padding, splitRows } from './rows.js';

/**
 * How requests of a batch go through the model. `false`: one by one. With `axis: 0` they share one run, laid one after the other
 * along their first axis: the author says that the model keeps them apart. Without a setting they share a run where that is proven
 * from the graph. `pad` fills shorter tensors at their end, by input name; outputs whose axes have the same symbolic names are cut
 * back to each request's own length.
 */
export type BatchSetting = false | { readonly axis?: 0; readonly pad?: Padding };

/** An input or output as far as batches go. */
export interface Axes {
  readonly name: string;
  /** Undefined for what is not a tensor. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Whether requests share a run: by the setting, else by the proof. `unread` says why there is no model to look at. */
export function joiningOf(setting: BatchSetting | undefined, model: OnnxModel | undefined, unread = ''): Joining {
  if (setting === false) return { joins: false, why: 'the configuration says so' };
  if (setting?.axis === 0) return { joins: true };
  return model ? keepsRowsApart(model) : { joins: false, why: `the model file cannot be read: ${unread}` };
}

/** Joins the requests of a batch and cuts the outputs apart. */
export class Batching {
  readonly #padding: Padding;
  readonly #inputs: readonly Axes[];
  readonly #outputs: readonly Axes[];

  /** `ERR_SERVICE_CONFIG` for padding that the model's inputs and outputs do not allow. */
  constructor(setting: BatchSetting | undefined, inputs: readonly Axes[], outputs: readonly Axes[]) {
    this.#padding = (setting || undefined)?.pad ?? {};
    this.#inputs = inputs;
    this.#outputs = outputs;
    if (Object.keys(this.#padding).length > 0) this.#checkPadding();
  }

  /** The outputs of each request after one run of all; undefined when their shapes do not agree, or no run was right for all. */
  async run(
    requests: readonly Tensors[],
    model: (tensors: Tensors) => Promise<Tensors>,
  ): Promise<Tensors[] | undefined> {
    const joined = concatenate(requests, this.#padding);
    const split = joined && splitRows(await model(joined.tensors), joined.rows);
    if (!split || Object.keys(this.#padding).length === 0) return split;
    return split.map((outputs, index) => this.#cut(outputs, requests[index] ?? {}));
  }

  /** Without what the padding of others has added. */
  #cut(outputs: Tensors, request: Tensors): Tensors {
    const lengths = new Map<string, number>();
    for (const { name, shape } of this.#inputs)
      for (const [axis, symbol] of shape?.entries() ?? [])
        if (axis > 0 && typeof symbol === 'string') lengths.set(symbol, request[name]?.dims[axis] ?? 0);
    const own = this.#outputs.flatMap(({ name, shape }): [string, TensorLike][] => {
      const tensor = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
      if (!tensor) return [];
      const dims = tensor.dims.map((extent, axis) => (axis > 0 && lengths.get(String(shape?.[axis]))) || extent);
      return [[name, crop(tensor, dims)]];
    });
    return Object.fromEntries(own);
  }

  #checkPadding(): void {
    const symbols = new Set<number | string>();
    for (const name of Object.keys(this.#padding)) {
      const input = this.#inputs.find((one) => one.name === name);
      const open = input?.shape?.slice(1).filter((extent) => typeof extent === 'string') ?? [];
      if (open.length === 0 || open.includes('')) {
        throw refusal(
          input ? `leaves no axis with a name open after the first` : `does not exist`,
          `batch.pad names the input '${name}', which`,
        );
      }
      for (const symbol of open) symbols.add(symbol);
    }
    for (const { name, shape } of this.#outputs) {
      const lost = shape?.slice(1).find((extent) => typeof extent === 'string' && !symbols.has(extent));
      if (lost === undefined) continue;
      throw refusal(
        `leaves the axis '${lost}' open, which no padded input has: it could not be cut back`,
        `batch.pad is set, and the output '${name}'`,
      );
    }
  }
}

function refusal(problem: string, what: string): MarError {
  return new MarError(`${what} ${problem}.`, {
    code: 'ERR_SERVICE_CONFIG',
    hint: 'Name the axes when the model is exported (dynamic_axes), alike in inputs and outputs, or leave batch.pad out.',
  });
}
