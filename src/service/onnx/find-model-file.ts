import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { Context } from '../context.js';

/**
 * Path of the archive's ONNX file: the named one, else the manifest's `serializedFile`, else the only `.onnx` there is.
 * None or several are `ERR_MODEL_FILE`.
 */
export async function findModelFile(context: Context, name?: string): Promise<string> {
  const directory = context.modelDir;
  const wanted = name ?? context.manifest?.model.serializedFile;
  if (wanted !== undefined) return named(directory, wanted);
  const files = await readdir(directory, { recursive: true });
  const models = files.filter((file) => file.toLowerCase().endsWith('.onnx')).sort();
  const [model] = models;
  if (model !== undefined && models.length === 1) return join(directory, model);
  throw new MarError(
    model === undefined
      ? 'The archive holds no .onnx file.'
      : `The archive holds ${models.length} .onnx files (${models.join(', ')}), expected one.`,
    { code: 'ERR_MODEL_FILE' },
  );
}

function named(directory: string, file: string): string {
  const path = inside(directory, file);
  if (path !== undefined) return join(directory, path);
  throw new MarError(`The model file ${file} lies outside of the archive.`, { code: 'ERR_MODEL_FILE' });
}
