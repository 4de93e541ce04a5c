import type { FileChange } from './diff-files.js';
import type { ModelSummary, ReadModel } from './inspect-models.js';

/** Something named that was added (`from` absent), removed (`to` absent) or changed. */
export interface ValueChange<Value> {
  readonly name: string;
  readonly from?: Value;
  readonly to?: Value;
}

/** An ONNX file that both archives have, with other content. */
export interface ModelChange {
  readonly entry: string;
  /** In the first archive, where the file had another name. */
  readonly entryFrom?: string;
  /** Types such as `float32[batch,3,224,224]`. */
  readonly inputs: readonly ValueChange<string>[];
  readonly outputs: readonly ValueChange<string>[];
  readonly opsets: readonly ValueChange<number>[];
  /** Number of nodes of an operator. */
  readonly operators: readonly ValueChange<number>[];
  readonly parameters: { readonly from: number; readonly to: number };
  /** `values`: the same network with other numbers (trained on, or other attributes). `network`: other nodes or weight shapes. */
  readonly weights: 'values' | 'network';
}

/** Compares the ONNX files that changed; what cannot be read on one side is left to the list of files. */
export function diffModels(
  before: readonly ModelSummary[],
  after: readonly ModelSummary[],
  files: readonly FileChange[],
): ModelChange[] {
  const [from, to] = [before.filter(isRead), after.filter(isRead)];
  const changed = new Set(files.filter(({ change }) => change === 'changed').map(({ path }) => path));
  const [onlyFrom, onlyTo] = [from[0], to[0]];
  if (from.length === 1 && to.length === 1 && onlyFrom && onlyTo && onlyFrom.entry !== onlyTo.entry) {
    const moved = files.some(({ path, change }) => path === onlyTo.entry && change === 'moved');
    return moved ? [] : [{ ...diffModel(onlyFrom, onlyTo), entryFrom: onlyFrom.entry }];
  }
  return to.flatMap((model) => {
    const old = from.find(({ entry }) => entry === model.entry);
    return old !== undefined && changed.has(model.entry) ? [diffModel(old, model)] : [];
  });
}

function isRead(model: ModelSummary): model is ReadModel {
  return model.problem === undefined;
}

function diffModel(from: ReadModel, to: ReadModel): ModelChange {
  return {
    entry: to.entry,
    inputs: diffValues(from.inputs, to.inputs),
    outputs: diffValues(from.outputs, to.outputs),
    opsets: diffValues(from.opsets, to.opsets),
    operators: diffValues(from.operators, to.operators),
    parameters: { from: from.parameters, to: to.parameters },
    weights: from.network === to.network ? 'values' : 'network',
  };
}

function diffValues<Value>(
  from: Readonly<Record<string, Value>>,
  to: Readonly<Record<string, Value>>,
): ValueChange<Value>[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) => {
    const [old, now] = [
      Object.hasOwn(from, name) ? from[name] : undefined,
      Object.hasOwn(to, name) ? to[name] : undefined,
    ];
    if (old === now) return [];
    return [{ name, ...(old === undefined ? {} : { from: old }), ...(now === undefined ? {} : { to: now }) }];
  });
}
