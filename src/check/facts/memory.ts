import { elementBytes, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import type { ModelFile } from './models.js';

/** Bytes that a model takes while it runs. Weights are exact for ONNX and the file size otherwise. */
export interface MemoryEstimate {
  readonly weights: number;
  /** The two largest results that must exist together, for one request; 0 where nothing is known. */
  readonly activations: number;
}

/** Estimates the memory of all models of an archive together. */
export function estimateMemory(models: readonly ModelFile[]): MemoryEstimate {
  let weights = 0;
  let activations = 0;
  for (const { entry, format, onnx } of models) {
    if (format === 'mxnet-symbol') continue;
    weights += onnx ? onnx.weightBytes : entry.size;
    if (onnx) activations += activationBytes(onnx);
  }
  return { weights, activations };
}

function activationBytes(model: OnnxModel): number {
  const sizes = [...model.inputs, ...model.values, ...model.outputs].map(valueBytes).sort((a, b) => b - a);
  return (sizes[0] ?? 0) + (sizes[1] ?? 0);
}

/** A value's bytes with every unknown dimension taken as 1. */
function valueBytes({ type, dims }: OnnxValue): number {
  return (dims ?? []).reduce<number>(
    (bytes, dim) => bytes * (typeof dim === 'number' && dim > 0 ? dim : 1),
    elementBytes(type),
  );
}

/** `241.7 MB`, in millions of bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
