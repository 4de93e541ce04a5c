import { leastMemory } from '#models/onnx/memory/estimate-memory.js';
import type { ModelFile } from './models.js';

/** Bytes that a model takes while it runs. Weights are exact for ONNX and the file size otherwise. */
export interface MemoryEstimate {
  readonly weights: number;
  /** What inputs and results take at once, for one request; 0 where nothing is known. */
  readonly activations: number;
}

/** Estimates the memory of all models of an archive together. */
export function estimateMemory(models: readonly ModelFile[]): MemoryEstimate {
  let weights = 0;
  let activations = 0;
  for (const { entry, format, onnx } of models) {
    if (format === 'mxnet-symbol') continue;
    weights += onnx ? onnx.weightBytes : entry.size;
    if (onnx) activations += leastMemory(onnx, { batch: 1 }).activations;
  }
  return { weights, activations };
}

/** `241.7 MB`, in millions of bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
