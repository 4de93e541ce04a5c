import { createHash } from 'node:crypto';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';
import { describeValue, type OnnxModel, type OnnxValue } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { type Joining, keepsRowsApart } from '#models/onnx/rows/keep-rows-apart.js';

/** An ONNX file of an archive as a caller sees it, or why it cannot be read. */
export type ModelSummary = ReadModel | { readonly entry: string; readonly problem: string };

export interface ReadModel {
  readonly entry: string;
  readonly problem?: never;
  readonly irVersion: number;
  /** Domain to version; the standard domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Name and version of the exporter. */
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Name to type, such as `float32[batch,3,224,224]`, in graph order. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Whether it is proven that requests of a batch can share one run, and why not. */
  readonly batching: Joining;
  /** Operator to number of nodes, most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: number;
  readonly weightBytes: number;
  /** Hex digest of nodes, weight names and shapes: the same for two trainings of one network. */
  readonly network: string;
}

/** All ONNX files of an archive, in its order. */
export async function inspectModels(archive: Archive): Promise<ModelSummary[]> {
  const models: ModelSummary[] = [];
  for (const entry of archive.entries) {
    if (entry.path.toLowerCase().endsWith('.onnx')) models.push(await inspectModel(archive, entry));
  }
  return models;
}

async function inspectModel(archive: Archive, entry: ArchiveEntry): Promise<ModelSummary> {
  const reader = await archive.reader(entry);
  try {
    return summary(entry.path, await readOnnx(reader));
  } catch (error) {
    if (error instanceof MarError) return { entry: entry.path, problem: error.message };
    throw error;
  } finally {
    await reader.close();
  }
}

function summary(entry: string, model: OnnxModel): ReadModel {
  return {
    entry,
    irVersion: model.irVersion,
    opsets: Object.fromEntries(Object.entries(model.opsets).map(([domain, version]) => [domain || 'ai.onnx', version])),
    producer: [model.producer.name, model.producer.version].filter(Boolean).join(' '),
    metadata: model.metadata,
    inputs: described(model.inputs),
    outputs: described(model.outputs),
    batching: keepsRowsApart(model),
    operators: Object.fromEntries(Object.entries(model.operators).sort(([, a], [, b]) => b - a)),
    parameters: model.parameters,
    weightBytes: model.weightBytes,
    network: networkDigest(model),
  };
}

function networkDigest({ nodes, initializers }: OnnxModel): string {
  const hash = createHash('sha256');
  for (const { operator, inputs, outputs } of nodes) hash.update(`${JSON.stringify([operator, inputs, outputs])}\n`);
  for (const { name, type, dims } of initializers) hash.update(`${JSON.stringify([name, type, dims])}\n`);
  return hash.digest('hex');
}

function described(values: readonly OnnxValue[]): Record<string, string> {
  return Object.fromEntries(values.map((value) => [value.name, describeValue(value)]));
}
