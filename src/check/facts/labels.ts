import type { Archive } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';
import { objectAt } from '#manifest/json-document.js';
import { type BuiltinService, SERVICE_CONFIG } from './service.js';

/** A file of class labels and how many it has. */
export interface LabelFile {
  readonly entry: string;
  readonly count: number;
}

const NAMES = /(^|\/)(synset|labels|classes)\.txt$/i;
const TORCHSERVE_NAME = /(^|\/)index_to_name\.json$/;

/** The labels of an archive: those its service is configured with, else the files with the usual names. */
export async function findLabels(archive: Archive, service: BuiltinService | undefined): Promise<LabelFile[]> {
  const configured = objectAt(service?.value ?? {}, 'classes')['labels'];
  if (Array.isArray(configured)) return [{ entry: SERVICE_CONFIG, count: configured.length }];
  const found: LabelFile[] = [];
  for (const entry of archive.entries) {
    const isText = typeof configured === 'string' ? entry.path === configured : NAMES.test(entry.path);
    if (!isText && (typeof configured === 'string' || !TORCHSERVE_NAME.test(entry.path))) continue;
    const text = await archive.bytes(entry).then(
      (bytes) => bytes.toString('utf8'),
      (error: unknown) => {
        if (error instanceof MarError && error.code === 'ERR_ENTRY_TOO_LARGE') return undefined;
        throw error;
      },
    );
    if (text === undefined) continue;
    const count = isText ? lineCount(text) : keyCount(text);
    if (count !== undefined) found.push({ entry: entry.path, count });
  }
  return found;
}

function keyCount(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
  } catch {
    return undefined;
  }
}

/** Labels as the services read them: one a line, a last line break apart; without a copy of the text. */
function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < text.length - 1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
