/** What can be known about an ONNX file without its weights. Field meanings follow onnx.proto3. */
export interface OnnxModel {
  readonly irVersion: number;
  /** Domain ('' is ai.onnx) to version. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly graphName: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Graph inputs that a caller must feed: initializers listed as inputs (IR 3) are left out. */
  readonly inputs: readonly OnnxValue[];
  /** Graph inputs with an initializer, which is their default; before IR 4 all weights are among them. */
  readonly defaults: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Types of intermediate results, where the exporter recorded them. */
  readonly values: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  /** Nodes of the main graph, in order. */
  readonly nodes: readonly OnnxNode[];
  /** How often each operator occurs, subgraphs and functions included: `Conv`, `com.microsoft:FusedMatMul`. */
  readonly operators: Readonly<Record<string, number>>;
  /** `domain:name` of the functions that the model itself defines. */
  readonly functions: readonly string[];
  /** What these functions are made of, by the same names. */
  readonly functionBodies: ReadonlyMap<string, OnnxFunction>;
  /** Elements of all initializers. */
  readonly parameters: number;
  /** Bytes of all initializers, in the file or beside it. */
  readonly weightBytes: number;
}

/** A named value. `dims` holds a number, a symbol, or null for an unnamed unknown; undefined means that the rank is unknown. */
export interface OnnxValue {
  readonly name: string;
  /** `float32`, `int64`, `string`, …; `sequence`, `map` and `optional` for what is not a tensor. */
  readonly type: string;
  readonly dims?: readonly (number | string | null)[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  /** Where the data lies when it is not in the model file, relative to it. */
  readonly external?: { readonly location: string; readonly offset: number; readonly length?: number };
  /** Bytes of data held in the model file. */
  readonly inlineBytes: number;
  /** The elements of a small tensor of int32, int64, float32 or bool that lies in the file: shapes, axes, scales. */
  readonly values?: readonly number[];
}

export interface OnnxNode {
  readonly name: string;
  /** With its domain unless that is ai.onnx: `com.microsoft:FusedMatMul`. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** By name; the object has no prototype. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph inside of a node: a branch of an If, the body of a Loop. Its nodes may read values of the graphs around it. */
export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly values: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

/** A function that the model defines itself; the types of its values are those of the node that calls it. */
export interface OnnxFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: Readonly<Record<string, number>>;
}

/** One attribute of a node. A single number or text is a list of one. */
export interface OnnxAttribute {
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  /** True where one of the lists is longer than what is kept of it. */
  readonly isCut: boolean;
}

/** TensorProto.DataType, by number. */
export const ELEMENT_TYPES: readonly string[] = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
];

/** The name of an element type by its number. */
export function typeName(code: number): string {
  return ELEMENT_TYPES[code] ?? `type ${code}`;
}

/** Bytes per element of a type name; 0 for strings and what has no fixed size. */
export function elementBytes(type: string): number {
  if (type === 'bool') return 1;
  if (type.startsWith('float8')) return 1;
  const bits = /^(?:u?int|b?float|complex)(\d+)/.exec(type)?.[1];
  return bits === undefined ? 0 : Number(bits) / 8;
}

/** `float32[batch,3,224,224]`, as people write it. */
export function describeValue(value: OnnxValue): string {
  return value.dims ? `${value.type}[${value.dims.map((dim) => dim ?? '?').join(',')}]` : value.type;
}
