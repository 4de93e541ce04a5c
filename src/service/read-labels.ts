import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLabels } from '#conventions/label-files.js';
import type { Context } from './context.js';

/**
 * The labels of a model, in the order of its outputs: one a line, or a JSON list or object by class number. The file lies in the
 * archive, `synset.txt` by habit. A file that is not in its form is `ERR_LABELS_FORM`.
 */
export async function readLabels(context: Context, file: string = 'synset.txt'): Promise<string[]> {
  return parseLabels(await readFile(join(context.modelDir, file), 'utf8'), file);
}
