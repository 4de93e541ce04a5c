import type { OnnxModel } from '../model.js';
import { planBuffers } from './buffers.js';
import { mostInUse, runMemory } from './run-memory.js';
import { type Extents, sizeValues, type ValueSizes } from './value-sizes.js';
import { weightMemory } from './weight-memory.js';

/**
 * What a model takes in memory for one batch, in bytes. How near it comes to what was measured of ONNX Runtime on a cpu is in
 * docs/benchmarks.md; what an accelerator took nobody can measure any more.
 */
export interface MemoryEstimate {
  /** Rows of the batch that it holds for. */
  readonly batch: number;
  /** All weights once, exact. */
  readonly weights: number;
  /** The most that inputs and results take at once. */
  readonly activations: number;
  /** What the runtime holds beside them: copies of weights made while loading, and pieces that its arena keeps. */
  readonly arena: number;
  /** The three together: growth of the process at its peak, over loading and running. */
  readonly peak: number;
  /** Open axes that nobody gave a size, and what they were taken for. */
  readonly assumed: Readonly<Record<string, number>>;
  /** Results whose size cannot be told; they are not counted. */
  readonly unknown: readonly string[];
}

/** Weights, and what inputs and results take at once: the least that a batch needs, whatever runs it. Bytes. */
export function leastMemory(
  model: OnnxModel,
  extents: Extents,
): { readonly weights: number; readonly activations: number } {
  const sizes = sizeValues(model, extents);
  return {
    weights: model.weightBytes,
    activations: bytesOf(model.inputs, sizes) + mostInUse(planBuffers(model, sizes)),
  };
}

/** Estimates the memory of a model from its graph alone, without weights and without running it. */
export function estimateMemory(model: OnnxModel, extents: Extents): MemoryEstimate {
  const sizes = sizeValues(model, extents);
  const loading = weightMemory(model, sizes);
  const running = runMemory(planBuffers(model, sizes));
  const inputs = bytesOf(model.inputs, sizes);
  const activations = inputs + running.inUse;
  // A caller holds its inputs, and a copy of the outputs.
  const peak = Math.max(loading.peak, loading.resident + running.all + inputs + bytesOf(model.outputs, sizes));
  return {
    batch: sizes.fixedBatch ?? extents.batch,
    weights: model.weightBytes,
    activations,
    arena: Math.max(0, peak - model.weightBytes - activations),
    peak: Math.max(peak, model.weightBytes + activations),
    assumed: sizes.assumed,
    unknown: sizes.unknown,
  };
}

function bytesOf(named: readonly { readonly name: string }[], { values }: ValueSizes): number {
  return named.reduce((all, { name }) => all + (values.get(name)?.bytes ?? 0), 0);
}
