import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFile } from '#archive/archive-file.js';
import { PositionalReader } from '#archive/entry-reader.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';

export type SurveyedFormat = 'onnx' | 'torchscript' | 'mxnet' | 'keras' | 'pickle';

/** A model file, its path relative to the directory, and what an ONNX file says about itself. */
export interface FoundModel {
  readonly file: string;
  readonly format: SurveyedFormat;
  readonly onnx?: OnnxModel;
}

const FORMATS: readonly (readonly [RegExp, SurveyedFormat])[] = [
  [/\.onnx$/i, 'onnx'],
  [/\.(pt|pth|torchscript)$/i, 'torchscript'],
  [/-symbol\.json$/i, 'mxnet'],
  [/\.(h5|keras)$/i, 'keras'],
  [/\.(pkl|pickle|joblib)$/i, 'pickle'],
];

/** Folders that hold no model of this project. */
const NOT_MODELS = /^\.|^(node_modules|__pycache__|MAR-INF|venv|env|tests?)$/;

/**
 * The models of the best known format in a directory, with ONNX files one level below it where its top has none. The first is the
 * one with most weights: of several precisions that is the exact one. An ONNX file that cannot be read is left out where there
 * are others, else it is `ERR_MODEL_UNREADABLE`.
 */
export async function findModels(directory: string, files: readonly string[]): Promise<FoundModel[]> {
  for (const [pattern, format] of FORMATS) {
    const top = files.filter((file) => pattern.test(file));
    const found = top.length === 0 && format === 'onnx' ? await below(directory, pattern) : top;
    if (found.length > 0)
      return format === 'onnx' ? parseAll(directory, found) : found.map((file) => ({ file, format }));
  }
  return [];
}

async function below(directory: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !NOT_MODELS.test(entry.name));
  const found = folders.map(async ({ name }) => {
    const names = await readdir(join(directory, name)).catch(() => []);
    return names.filter((file) => pattern.test(file)).map((file) => `${name}/${file}`);
  });
  return (await Promise.all(found)).flat().sort();
}

async function parseAll(directory: string, files: readonly string[]): Promise<FoundModel[]> {
  const models: { file: string; format: 'onnx'; onnx: OnnxModel }[] = [];
  let unreadable: unknown;
  for (const file of files) {
    try {
      models.push({ file, format: 'onnx', onnx: await parse(join(directory, file)) });
    } catch (error) {
      unreadable ??= error;
    }
  }
  if (models.length === 0) throw unreadable;
  return models.sort((one, other) => other.onnx.weightBytes - one.onnx.weightBytes);
}

async function parse(path: string): Promise<OnnxModel> {
  const file = await ArchiveFile.open(path);
  const reader = new PositionalReader(
    file.size,
    (position, length) => file.read(position, length),
    () => file.close(),
  );
  try {
    return await readOnnx(reader);
  } catch (error) {
    throw new MarError(`${path} cannot be read: ${messageOf(error)}.`, {
      code: 'ERR_MODEL_UNREADABLE',
      cause: error,
    });
  } finally {
    await reader.close();
  }
}
