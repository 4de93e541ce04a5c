import { readdir } from 'node:fs/promises';
import { chooseLabelFile, parseLabelProperty } from '#conventions/label-files.js';
import { MarError, systemCode } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { Context } from '../context.js';
import { readLabels } from '../read-labels.js';
import type { ClassesConfig } from './config.js';

/** The labels of a model: configured, else a label file at the top of the archive, else the ONNX metadata, else none. */
export async function findLabels(
  context: Context,
  { labels }: ClassesConfig,
  metadata: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (labels !== undefined && typeof labels !== 'string') return labels;
  const directory = context.modelDir;
  if (labels === undefined) {
    const file = chooseLabelFile(await filesIn(directory));
    return file === undefined ? parseLabelProperty(metadata) : readLabels(context, file);
  }
  const file = inside(directory, labels);
  if (!file) throw missing(labels);
  return readLabels(context, file).catch((error: unknown) => {
    throw systemCode(error) === 'ENOENT' ? missing(labels) : error;
  });
}

async function filesIn(directory: string): Promise<string[]> {
  const found = await readdir(directory, { withFileTypes: true });
  return found.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
}

function missing(file: string): MarError {
  return new MarError(`The label file ${file} of service.json is not in the archive.`, { code: 'ERR_SERVICE_CONFIG' });
}
