import { posix } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { builtin, SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { chooseLabelFile, countLabels, isLabelFile, parseLabelProperty } from '#conventions/label-files.js';
import { MarError } from '#errors/mar-error.js';
import { beside } from '#inside.js';
import { objectAt } from '#json-object.js';
import { type ModelFile, soleModel } from './models.js';
import type { ServiceFacts } from './service.js';

/** Class labels, where they are written and how many there are, or why they cannot be read. */
export type LabelFile =
  | { readonly entry: string; readonly count: number; readonly fault?: never }
  | { readonly entry: string; readonly count?: never; readonly fault: string };

/** A file of more than this holds no labels. */
const LIMIT = 16 * 1024 * 1024;

/** The labels that a built-in service uses; for a handler of its own, which may read any, all files with the usual names. */
export async function labelFilesOf(
  archive: Archive,
  service: ServiceFacts | undefined,
  models: readonly ModelFile[],
): Promise<LabelFile[]> {
  if (service === undefined) {
    const entries = archive.entries.filter(({ path }) => isLabelFile(posix.basename(path)));
    return readAll(archive, entries);
  }
  if (!builtin(service.name).sections.includes('classes')) return [];
  const configured = objectAt(service.value, 'classes')['labels'];
  if (Array.isArray(configured)) return [{ entry: SERVICE_CONFIG, count: configured.length }];
  const file =
    typeof configured === 'string'
      ? beside(SERVICE_CONFIG, configured)
      : chooseLabelFile(archive.entries.flatMap(({ path }) => (path.includes('/') ? [] : [path])));
  if (file === undefined && configured === undefined) return inMetadata(soleModel(service.model, models));
  const entry = file === undefined ? undefined : archive.get(file);
  return readAll(archive, entry ? [entry] : []);
}

async function readAll(archive: Archive, entries: readonly ArchiveEntry[]): Promise<LabelFile[]> {
  const found: LabelFile[] = [];
  for (const entry of entries) {
    if (entry.size > LIMIT) continue;
    const text = (await archive.bytes(entry, LIMIT)).toString('utf8');
    try {
      found.push({ entry: entry.path, count: countLabels(text, entry.path) });
    } catch (error) {
      if (!(error instanceof MarError)) throw error;
      found.push({ entry: entry.path, fault: error.message });
    }
  }
  return found;
}

function inMetadata(model: ModelFile | undefined): LabelFile[] {
  const count = model?.onnx ? parseLabelProperty(model.onnx.metadata).length : 0;
  return model && count > 0 ? [{ entry: model.entry.path, count }] : [];
}
