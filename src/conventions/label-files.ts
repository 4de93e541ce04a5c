import { MarError, messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';

/** Names of files with one label a line, without their ending; the first that is there is taken. */
const STEMS = ['synset', 'labels', 'label', 'classes', 'class_names', 'categories'];

/** Names of label files in the order in which they are preferred. Upper and lower case are the same. */
export const LABEL_FILES: readonly string[] = [
  ...STEMS.map((stem) => `${stem}.txt`),
  ...STEMS.map((stem) => `${stem}.names`),
  'labels.json',
  'index_to_name.json',
];

/** The label file of a model by habit: the most preferred one among the names of the files in its directory. */
export function chooseLabelFile(names: Iterable<string>): string | undefined {
  const sorted = [...names].filter(isLabelFile).sort();
  return LABEL_FILES.flatMap((wanted) => sorted.filter((name) => name.toLowerCase() === wanted))[0];
}

/** Whether a file of this name, without folders, holds labels by habit. */
export function isLabelFile(name: string): boolean {
  return LABEL_FILES.includes(name.toLowerCase());
}

/** A class number beyond this is no label: it would make an endless list. */
const MOST_LABELS = 100_000;

/**
 * The labels in a file, in the order of the model's outputs: one a line; in a file that ends in `.json` a list, or an object by
 * class number, as TorchServe's `index_to_name.json`. Throws `ERR_LABELS_FORM`.
 */
export function parseLabels(text: string, file: string): string[] {
  if (file.toLowerCase().endsWith('.json')) return parseJson(text, file);
  const lines = text.replace(/^\ufeff/, '').replace(/\r?\n$/, '');
  return lines === '' ? [] : lines.split(/\r?\n/);
}

/** How many labels `parseLabels` finds, without making them where each is a line. */
export function countLabels(text: string, file: string): number {
  if (file.toLowerCase().endsWith('.json')) return parseJson(text, file).length;
  if (/^\ufeff?(\r?\n)?$/.test(text)) return 0;
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/**
 * The labels in a metadata property of an ONNX file: `["cat", "dog"]`, `{0: 'cat', 1: 'dog'}` as Python writes it, or one label a
 * line or between commas.
 */
export function parseLabelProperty(metadata: Readonly<Record<string, string>>): string[] {
  const text = metadata['names'] ?? metadata['labels'] ?? '';
  const numbered = [...text.matchAll(/(\d+)\s*:\s*(['"])(.*?)\2/g)];
  if (numbered.length > 0) return byNumber(numbered.map(([, index, , label]) => [Number(index), label ?? '']));
  const quoted = [...text.matchAll(/(['"])(.*?)\1/g)].map(([, , label]) => label ?? '');
  if (quoted.length > 0) return quoted;
  return text ? text.split(/[\n,]/).map((label) => label.trim()) : [];
}

function parseJson(text: string, file: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw unreadable(file, `is not JSON: ${messageOf(error)}`);
  }
  const list = isObject(value) ? (value['object_type_names'] ?? value) : value;
  if (Array.isArray(list)) return list.map((label) => labelOf(label, file));
  if (!isObject(list)) throw unreadable(file, 'is neither a list nor an object');
  return byNumber(
    Object.entries(list).map(([key, label]) => {
      const index = /^\d+$/.test(key) ? Number(key) : MOST_LABELS;
      if (index < MOST_LABELS) return [index, labelOf(label, file)];
      throw unreadable(file, `has the key '${key.slice(0, 40)}', which is not a class number below ${MOST_LABELS}`);
    }),
  );
}

/** TorchServe's files may give a label as a list, of which the last part is the name. */
function labelOf(value: unknown, file: string): string {
  const label: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (typeof label === 'string') return label;
  throw unreadable(file, 'holds a label that is not a string');
}

/** Labels by class number as a list; a class without one is called by its number. */
function byNumber(entries: readonly (readonly [index: number, label: string])[]): string[] {
  const labels: string[] = [];
  for (const [index, label] of entries) if (index < MOST_LABELS) labels[index] = label;
  return Array.from(labels, (label, index) => label ?? String(index));
}

function unreadable(file: string, why: string): MarError {
  return new MarError(`The label file ${file} ${why}.`, {
    code: 'ERR_LABELS_FORM',
    hint: 'Write a text file with one label a line, or a JSON list of labels, in the order of the model’s outputs.',
  });
}
