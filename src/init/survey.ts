import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFile } from '#archive/archive-file.js';
import { PositionalReader } from '#archive/entry-reader.js';
import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import { chooseLabelFile, countLabels } from '#conventions/label-files.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';

export type SurveyedFormat = 'onnx' | 'torchscript' | 'mxnet' | 'keras' | 'pickle';

/** What a directory holds that a project can be built on. */
export interface Survey {
  /** The model file, relative to the directory; absent when there is none. */
  readonly model?: { readonly file: string; readonly format: SurveyedFormat; readonly onnx?: OnnxModel };
  /** The file with the labels. */
  readonly labels?: { readonly file: string; readonly count: number };
  /** A tokenizer of the Hugging Face form. */
  readonly tokenizer?: string;
}

const FORMATS: readonly (readonly [RegExp, SurveyedFormat])[] = [
  [/\.onnx$/i, 'onnx'],
  [/\.(pt|pth|torchscript)$/i, 'torchscript'],
  [/-symbol\.json$/i, 'mxnet'],
  [/\.(h5|keras)$/i, 'keras'],
  [/\.(pkl|pickle|joblib)$/i, 'pickle'],
];

/** Looks at the files of a directory, not below it. Several models of the best known format are `ERR_MODEL_AMBIGUOUS`. */
export async function survey(directory: string): Promise<Survey> {
  const files = await list(directory);
  const model = chooseModel(files, directory);
  const labels = chooseLabelFile(files);
  const tokenizer = files.find((file) => file === TOKENIZER_FILE);
  return {
    ...(model && {
      model: { ...model, ...(model.format === 'onnx' && { onnx: await parse(join(directory, model.file)) }) },
    }),
    ...(labels && {
      labels: { file: labels, count: countLabels(await readFile(join(directory, labels), 'utf8'), labels) },
    }),
    ...(tokenizer && { tokenizer }),
  };
}

async function list(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new MarError(`${directory} cannot be read as a directory: ${messageOf(error)}.`, {
      code: 'ERR_DIRECTORY_UNREADABLE',
      cause: error,
    });
  }
}

function chooseModel(
  files: readonly string[],
  directory: string,
): { file: string; format: SurveyedFormat } | undefined {
  for (const [pattern, format] of FORMATS) {
    const matching = files.filter((file) => pattern.test(file));
    if (matching.length > 1) {
      throw new MarError(
        `${directory} holds ${matching.length} ${format} models (${matching.join(', ')}), expected one.`,
        {
          code: 'ERR_MODEL_AMBIGUOUS',
        },
      );
    }
    const [file] = matching;
    if (file !== undefined) return { file, format };
  }
  return undefined;
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
