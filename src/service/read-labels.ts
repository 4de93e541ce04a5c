import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './context.js';

/** The labels of a model: one a line, in the order of the model's outputs. The file lies in the archive, `synset.txt` by habit. */
export async function readLabels(context: Context, file: string = 'synset.txt'): Promise<string[]> {
  const text = await readFile(join(context.modelDir, file), 'utf8');
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
