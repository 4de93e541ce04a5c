import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { beside } from '#inside.js';
import type { OnnxModel } from '#models/onnx/model.js';

export type ModelFormat = 'onnx' | 'torch' | 'pickle' | 'mxnet-symbol' | 'mxnet-params' | 'safetensors';

/** A model file that was recognised by its name. */
export interface ModelFile {
  readonly entry: ArchiveEntry;
  readonly format: ModelFormat;
  /** The metadata of an ONNX model that could be read. */
  readonly onnx?: OnnxModel;
  /** Why it could not be read. */
  readonly fault?: string;
  /** Whether its content is damaged, which is no fault of the model: it is not looked at. */
  readonly isDamaged: boolean;
}

const FORMATS: readonly (readonly [RegExp, ModelFormat])[] = [
  [/\.onnx$/i, 'onnx'],
  [/\.(pt|pth|ckpt)$/i, 'torch'],
  [/\.(pkl|pickle|joblib|dill)$/i, 'pickle'],
  [/-symbol\.json$/, 'mxnet-symbol'],
  [/\.params$/, 'mxnet-params'],
  [/\.safetensors$/i, 'safetensors'],
];

/**
 * Recognises the model files of an archive and reads the metadata of those in ONNX, so far as `readable`, the same archive without
 * what is damaged, has them. Weights are not read.
 */
export async function findModels(archive: Archive, readable: Archive = archive): Promise<ModelFile[]> {
  const found: ModelFile[] = [];
  for (const entry of archive.entries) {
    const format = FORMATS.find(([pattern]) => pattern.test(entry.path))?.[1];
    if (format === undefined) continue;
    const isDamaged = readable.get(entry.path) === undefined;
    const read = format === 'onnx' && !isDamaged ? await readModel(readable, entry) : {};
    found.push({ entry, format, isDamaged, ...read });
  }
  return found;
}

/** The ONNX file that a built-in service loads: the one it names, or the only one. */
export function soleModel(named: string | undefined, models: readonly ModelFile[]): ModelFile | undefined {
  const onnx = models.filter((model) => model.format === 'onnx');
  if (named !== undefined) return onnx.find(({ entry }) => entry.path === beside(SERVICE_CONFIG, named));
  return onnx.length === 1 ? onnx[0] : undefined;
}

async function readModel(archive: Archive, entry: ArchiveEntry): Promise<Pick<ModelFile, 'onnx' | 'fault'>> {
  const { readOnnx } = await import('#models/onnx/read-onnx.js');
  const reader = await archive.reader(entry);
  try {
    return { onnx: await readOnnx(reader) };
  } catch (error) {
    if (error instanceof MarError && error.code === 'ERR_ONNX_UNREADABLE') return { fault: error.message };
    throw error;
  } finally {
    await reader.close();
  }
}
