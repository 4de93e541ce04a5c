import { MarError, systemCode } from '#errors/mar-error.js';
import type { Context } from '../context.js';
import { readLabels } from '../read-labels.js';
import type { ClassesConfig } from './config.js';

/** A class number in the metadata beyond this is no label: it would make an endless list. */
const MOST_LABELS = 100_000;

/** Files that hold labels by habit. */
const LABEL_FILES = ['synset.txt', 'labels.txt'];

/** The labels of a model: configured, else a label file of the archive, else the ONNX metadata, else none. */
export async function findLabels(
  context: Context,
  config: ClassesConfig,
  metadata: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { labels } = config;
  if (typeof labels === 'string') return (await readIfPresent(context, labels)) ?? missing(labels);
  if (labels) return labels;
  for (const file of LABEL_FILES) {
    const found = await readIfPresent(context, file);
    if (found) return found;
  }
  return parseNames(metadata['names'] ?? metadata['labels'] ?? '');
}

function missing(file: string): never {
  throw new MarError(`The label file ${file} of service.json is not in the archive.`, { code: 'ERR_SERVICE_CONFIG' });
}

async function readIfPresent(context: Context, file: string): Promise<string[] | undefined> {
  try {
    return await readLabels(context, file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** `["cat", "dog"]`, `{0: 'cat', 1: 'dog'}` as Python writes it, or one label a line or between commas. */
function parseNames(text: string): string[] {
  const numbered = [...text.matchAll(/(\d+)\s*:\s*(['"])(.*?)\2/g)];
  if (numbered.length > 0) {
    const labels: string[] = [];
    for (const [, index, , label] of numbered) if (Number(index) < MOST_LABELS) labels[Number(index)] = label ?? '';
    return Array.from(labels, (label, index) => label ?? String(index));
  }
  const quoted = [...text.matchAll(/(['"])(.*?)\1/g)].map(([, , label]) => label ?? '');
  if (quoted.length > 0) return quoted;
  return text ? text.split(/[\n,]/).map((label) => label.trim()) : [];
}
