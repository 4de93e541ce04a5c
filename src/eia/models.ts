import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';
import { asOnnx, type SignatureInput } from '#models/mxnet/as-onnx.js';
import { LOSSES } from '#models/mxnet/operators.js';
import { readParams } from '#models/mxnet/params.js';
import { parseSymbol } from '#models/mxnet/symbol.js';
import { estimateMemory, type MemoryEstimate } from '#models/onnx/memory/estimate-memory.js';
import type { Extents } from '#models/onnx/memory/value-sizes.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';

const SYMBOL_LIMIT = 64 * 2 ** 20;
const SIGNATURE_LIMIT = 2 ** 20;

/** A model of an archive with what it needs. */
export interface PlannedModel {
  readonly entry: string;
  readonly format: 'onnx' | 'mxnet' | 'other';
  /** Bytes of its files: what the rule of thumb of the documentation goes by. */
  readonly fileBytes: number;
  /** Of the framework that saved it, where the file says so. */
  readonly version?: string;
  /** Absent where nothing is known of the graph. */
  readonly estimate?: MemoryEstimate;
  /** Operators of MXNet that have no counterpart in ONNX here, and how often each occurs. */
  readonly missing?: Readonly<Record<string, number>>;
  /** Why it cannot be read, or cannot run. */
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
}

const OTHER = /\.(pt|pth|ckpt|pb|h5|savedmodel|tflite|safetensors)$/i;

/** All models of an archive, read without their weights. An MXNet graph and its parameters are one. */
export async function readModels(archive: Archive, extents: Extents): Promise<PlannedModel[]> {
  const found: PlannedModel[] = [];
  for (const entry of archive.entries) {
    if (/\.onnx$/i.test(entry.path)) found.push(await onnxModel(archive, entry, extents));
    else if (/-symbol\.json$/.test(entry.path)) found.push(await mxnetModel(archive, entry, extents));
    else if (OTHER.test(entry.path)) {
      const remarks = ['Its graph is not read here: only the size of the file is known.'];
      found.push({ entry: entry.path, format: 'other', fileBytes: entry.size, problems: [], remarks });
    }
  }
  return found;
}

async function onnxModel(archive: Archive, entry: ArchiveEntry, extents: Extents): Promise<PlannedModel> {
  const base = { entry: entry.path, format: 'onnx' as const };
  const reader = await archive.reader(entry);
  let model: OnnxModel;
  try {
    model = await readOnnx(reader);
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    return { ...base, fileBytes: entry.size, problems: [error.message], remarks: [] };
  } finally {
    await reader.close();
  }
  const beside = new Set(model.initializers.flatMap(({ external }) => (external ? [external.location] : [])));
  const folder = entry.path.slice(0, entry.path.lastIndexOf('/') + 1);
  const files = [...beside].map((name) => archive.get(`${folder}${name}`)?.size ?? 0);
  const estimate = estimateMemory(model, extents);
  return {
    ...base,
    fileBytes: files.reduce((all, bytes) => all + bytes, entry.size),
    estimate,
    problems: [],
    remarks: remarksOf(estimate, extents),
  };
}

async function mxnetModel(archive: Archive, entry: ArchiveEntry, extents: Extents): Promise<PlannedModel> {
  const base = { entry: entry.path, format: 'mxnet' as const };
  const symbol = parseSymbol((await archive.bytes(entry, SYMBOL_LIMIT)).toString('utf8'));
  if ('fault' in symbol)
    return { ...base, fileBytes: entry.size, problems: [`Not an MXNet graph: ${symbol.fault}.`], remarks: [] };
  const stem = entry.path.slice(0, -'-symbol.json'.length);
  const file = archive.entries.find(({ path }) => path.startsWith(`${stem}-`) && path.endsWith('.params'));
  const params = file ? await paramsOf(archive, file) : { fault: `there is no ${stem}-NNNN.params` };
  const fileBytes = entry.size + (file?.size ?? 0);
  if ('fault' in params)
    return {
      ...base,
      fileBytes,
      ...versionOf(symbol),
      problems: [`Its parameters cannot be read: ${params.fault}.`],
      remarks: [],
    };
  const folder = entry.path.slice(0, entry.path.lastIndexOf('/') + 1);
  const signature = await readSignature(archive, folder);
  const { model, missing, unbound } = asOnnx(symbol, params, signature);
  const estimate = estimateMemory(model, extents);
  const losses = [...new Set(symbol.nodes.map(({ op }) => op).filter((op) => LOSSES.has(op)))];
  const absent = unbound.filter((name) => !/label$/.test(name));
  return {
    ...base,
    fileBytes,
    ...versionOf(symbol),
    estimate,
    missing,
    problems:
      absent.length > 0
        ? [`The graph reads ${listed(absent)}, which neither the parameters nor signature.json have.`]
        : [],
    remarks: [
      ...remarksOf(estimate, extents),
      ...(losses.length > 0
        ? [`It ends in an operator of a training (${losses.join(', ')}): it has to be bound with for_training=False.`]
        : []),
    ],
  };
}

const versionOf = ({ version }: { readonly version?: string }) => (version === undefined ? {} : { version });

async function paramsOf(archive: Archive, entry: ArchiveEntry): ReturnType<typeof readParams> {
  const reader = await archive.reader(entry);
  try {
    return await readParams(reader);
  } finally {
    await reader.close();
  }
}

/** The inputs that signature.json beside the model declares: names and axes. */
async function readSignature(archive: Archive, folder: string): Promise<SignatureInput[]> {
  const entry = archive.get(`${folder}signature.json`);
  if (!entry || entry.size > SIGNATURE_LIMIT) return [];
  let value: unknown;
  try {
    value = JSON.parse((await archive.bytes(entry)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
  const inputs: unknown[] = isObject(value) && Array.isArray(value['inputs']) ? value['inputs'] : [];
  return inputs.flatMap((input) => {
    if (!isObject(input) || typeof input['data_name'] !== 'string' || !Array.isArray(input['data_shape'])) return [];
    return [{ name: input['data_name'], dims: input['data_shape'].map((dim) => (typeof dim === 'number' ? dim : 0)) }];
  });
}

function remarksOf({ assumed, unknown, batch }: MemoryEstimate, extents: Extents): string[] {
  return [
    ...Object.entries(assumed).map(
      ([axis, size]) => `The open axis ${axis} is taken for ${size}; --axis ${axis}=N says otherwise.`,
    ),
    ...(batch === extents.batch ? [] : [`Its batch is fixed at ${batch}.`]),
    ...(unknown.length > 0
      ? [`The size of ${unknown.length} results is not known and not counted: ${listed(unknown)}.`]
      : []),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - 3;
  return `${names
    .slice(0, 3)
    .map((name) => `'${name}'`)
    .join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
