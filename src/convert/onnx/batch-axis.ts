import { isObject } from '#json-object.js';
import type { OnnxValue } from '#models/onnx/model.js';
import { keepsRowsApart } from '#models/onnx/rows/keep-rows-apart.js';
import type { SourceModel } from './model-of.js';

/** Whether requests may share a run along the first axis, and why. */
export interface BatchAxis {
  readonly joins: boolean;
  /** A half sentence: `it is proven from the graph`. */
  readonly why: string;
}

/** The proof that the packer's own runner goes by, or the author's word in service.json where the first axes are open. */
export function batchAxis({ model, service }: SourceModel): BatchAxis {
  const setting = service['batch'];
  if (setting === false) return { joins: false, why: 'service.json says that requests are not to share a run' };
  const proof = keepsRowsApart(model);
  if (proof.joins) return { joins: true, why: 'it is proven from the graph that requests can share a run' };
  const said = isObject(setting) && setting['axis'] === 0;
  const isOpen = [...model.inputs, ...model.outputs].every(isOpenAtFront);
  if (said && isOpen)
    return {
      joins: true,
      why: 'service.json says that the model keeps the rows of a batch apart; the graph does not prove it',
    };
  return { joins: false, why: `it is not proven that requests can share a run: ${proof.why}` };
}

function isOpenAtFront({ dims }: OnnxValue): boolean {
  return dims !== undefined && dims.length > 0 && typeof dims[0] !== 'number';
}
