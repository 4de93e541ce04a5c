import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { countLabels, parseLabelProperty } from '#conventions/label-files.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { FoundModel } from './find-models.js';
import type { Survey } from './survey.js';

/** Labels that init writes where the directory has none. */
export const GENERATED_LABELS = 'labels.txt';

/** A file of labels for the directory, and its content when it lies elsewhere and has to be copied. */
export interface NamedLabels {
  readonly labels: NonNullable<Survey['labels']>;
  readonly copy?: Buffer;
}

/** The file of labels that somebody named; throws `ERR_LABELS_UNREADABLE`. */
export async function nameLabels(path: string, cwd: string, directory: string): Promise<NamedLabels> {
  const file = resolve(cwd, path);
  const content = await readFile(file).catch((error: unknown) => {
    const reason = systemCode(error) === 'ENOENT' ? 'do not exist' : `cannot be read: ${messageOf(error)}`;
    throw new MarError(`The labels ${path} ${reason}.`, {
      code: 'ERR_LABELS_UNREADABLE',
      cause: error,
    });
  });
  const count = countLabels(content.toString('utf8'), file);
  if (dirname(file) === directory) return { labels: { file: relative(directory, file), count } };
  return { labels: { file: GENERATED_LABELS, count }, copy: content };
}

/** The labels in the model's own metadata, one for each class; undefined where there are none, another number, or one with a line break. */
export function labelsInside(model: FoundModel | undefined, classes: number | undefined): string[] | undefined {
  const labels = parseLabelProperty(model?.onnx?.metadata ?? {});
  const fit = labels.length > 0 && (classes === undefined || labels.length === classes);
  return fit && !labels.some((label) => label.trim() === '' || /[\r\n]/.test(label)) ? labels : undefined;
}
