import { posix } from 'node:path';
import { SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { chooseLabelFile, parseLabelProperty, parseLabels } from '#conventions/label-files.js';
import { MarError } from '#errors/mar-error.js';
import { beside } from '#inside.js';
import { objectAt } from '#json-object.js';
import type { OnnxValue } from '#models/onnx/model.js';
import type { Source } from '../source.js';
import type { SourceModel } from './model-of.js';

/** The labels of an output, or why those of the archive fit none. */
export interface FoundLabels {
  /** Where they stand in the archive. */
  readonly from: string;
  readonly output?: string;
  /** Without a line break in any of them. */
  readonly labels?: readonly string[];
  readonly problem?: string;
}

/** A file of more than this holds no labels. */
const LIMIT = 16 * 1024 * 1024;

/** The labels of an archive, with the output whose last axis they count; undefined where it has none. */
export async function labelsOf(source: Source, taken: SourceModel): Promise<FoundLabels | undefined> {
  const { archive, paths, entryAt } = source;
  const classes = objectAt(taken.service, 'classes');
  const configured = classes['labels'];
  if (Array.isArray(configured)) return fitted(SERVICE_CONFIG, configured.map(String), taken, classes['output']);
  const habit = chooseLabelFile(paths.filter((path) => !path.includes('/')).map((path) => posix.basename(path)));
  const file = typeof configured === 'string' ? beside(SERVICE_CONFIG, configured) : habit;
  const entry = file === undefined ? undefined : archive.get(entryAt(file));
  if (file !== undefined && entry !== undefined) {
    try {
      const text = (await archive.bytes(entry, LIMIT)).toString('utf8');
      return fitted(file, parseLabels(text, file), taken, classes['output']);
    } catch (error) {
      if (error instanceof MarError) return { from: file, problem: error.message };
      throw error;
    }
  }
  const labels = parseLabelProperty(taken.model.metadata);
  return labels.length === 0 ? undefined : fitted(`the metadata of ${taken.path}`, labels, taken, classes['output']);
}

function fitted(from: string, labels: readonly string[], { model }: SourceModel, named: unknown): FoundLabels {
  const outputs = typeof named === 'string' ? model.outputs.filter(({ name }) => name === named) : model.outputs;
  const output = outputs.find((value) => counts(value, labels.length));
  if (output === undefined) return { from, problem: `no output has ${labels.length} classes on its last axis` };
  if (labels.some((label) => /[\r\n]/.test(label))) return { from, problem: 'a label holds a line break' };
  return { from, output: output.name, labels };
}

/** Classes are counted by the last axis, behind one for the rows. */
function counts({ dims = [] }: OnnxValue, labels: number): boolean {
  return labels > 0 && dims.length >= 2 && dims.at(-1) === labels;
}
