import type { OnnxModel, OnnxValue } from './model.js';

/** Element types that ONNX Runtime's Node binding passes in and out; a test asks the runtime itself. */
export const RUNTIME_TYPES: ReadonlySet<string> = new Set([
  'float32',
  'float64',
  'float16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
  'string',
]);

/** Why an input or output cannot pass the runtime's binding. */
export interface TypeFault {
  readonly direction: 'input' | 'output';
  readonly name: string;
  /** What it is and why that is no use: `is bfloat16, which …`. */
  readonly problem: string;
  /** True where the model cannot even be loaded, or takes its process with it; false where only this output cannot be had. */
  readonly isFatal: boolean;
  readonly remedy: string;
}

const CAST = 'Cast it to float32 (or another type that passes) inside the model, at its edge.';

/** Inputs and outputs of the model that can never be sent or answered: known from the file, before anything runs. */
export function typeFaults(model: OnnxModel): TypeFault[] {
  const zipped = zipMaps(model);
  return [
    ...model.inputs.flatMap((value) => faultOf('input', value) ?? []),
    ...model.outputs.flatMap((value) => (zipped.has(value.name) ? [] : (faultOf('output', value) ?? []))),
  ];
}

function faultOf(direction: TypeFault['direction'], { name, type }: OnnxValue): TypeFault | undefined {
  const fault = (problem: string, isFatal: boolean, remedy: string): TypeFault => ({
    direction,
    name,
    problem,
    isFatal,
    remedy,
  });
  if (['sequence', 'map', 'optional', 'sparse tensor'].includes(type)) {
    const remedy =
      direction === 'input'
        ? 'Give the model tensors as inputs, such as one tensor with an axis more.'
        : 'Export without it: `options={"zipmap": False}` in skl2onnx, one tensor or several outputs instead of SequenceConstruct or SplitToSequence.';
    return fault(`is a ${type}, and only tensors pass`, direction === 'input', remedy);
  }
  if (name === '__proto__' && direction === 'output')
    return fault('has a name that the binding loses', true, 'Rename the output.');
  return RUNTIME_TYPES.has(type) ? undefined : fault(`is ${type}, which does not pass`, true, CAST);
}

/** The class labels of an output that ZipMap makes: `[{label: probability, …}, …]` for its tensor of probabilities. */
export interface ZipMap {
  /** The tensor that holds the probabilities. */
  readonly tensor: string;
  /** In the order of its columns. */
  readonly labels: readonly string[];
}

/** The outputs of the model that are made by ZipMap, by name: they can be answered from the tensor behind them. */
export function zipMaps({ nodes, outputs }: OnnxModel): ReadonlyMap<string, ZipMap> {
  const found = new Map<string, ZipMap>();
  for (const { operator, inputs, outputs: made, attributes } of nodes) {
    const [[tensor], [name]] = [inputs, made];
    const labels = attributes['classlabels_int64s'] ?? attributes['classlabels_strings'];
    if (operator !== 'ai.onnx.ml:ZipMap' || tensor === undefined || name === undefined || !labels || labels.isCut)
      continue;
    const isRead = nodes.some((node) => node.inputs.includes(name));
    const isOutput = outputs.some((output) => output.name === name);
    if (isOutput && !isRead)
      found.set(name, { tensor, labels: labels.strings.length ? labels.strings : labels.ints.map(String) });
  }
  return found;
}
