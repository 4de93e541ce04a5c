import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from '#archive/archive.js';
import type { SourceFile } from '#archive/writing/source-file.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import { MarError, systemCode } from '#errors/mar-error.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';

/**
 * The model archives among the files of a build, with the reason why they stay out. They are known by their content:
 * a zip or a gzipped tar, whatever its name and its model, that holds the manifest of a model archive. What the author asks
 * for by name stays in.
 */
export async function earlierBuilds(
  sources: readonly SourceFile[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<SourceFile, string>> {
  const found = new Map<SourceFile, string>();
  for (const source of sources) {
    if (!source.zipped || source.wanted) continue;
    const model = await archivedModel(source.file, signal);
    if (model !== undefined) found.set(source, archiveOf(model));
  }
  return found;
}

/** The name of the model that an archive file holds; undefined for every other file. */
export async function archivedModel(file: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { openArchive } = await import('#archive/open.js');
  let archive: Archive | undefined;
  try {
    archive = await openArchive(file, signal && { signal });
    const entry = archive.get(MANIFEST_PATH);
    return entry && modelName((await archive.bytes(entry)).toString('utf8'));
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof MarError) return undefined;
    throw error;
  } finally {
    await archive?.close();
  }
}

/** The same for a directory: why it is left out when it is an unpacked archive. */
export function exportedModel(directory: string): string | undefined {
  try {
    const model = modelName(readFileSync(join(directory, MANIFEST_PATH), 'utf8'));
    return model === undefined ? undefined : archiveOf(model);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function archiveOf(model: string): string {
  return `archive of the model ${model}`;
}

/** `model.modelName` of a manifest; undefined for any other text. */
function modelName(manifest: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(manifest);
  } catch {
    return undefined;
  }
  const model = field(value, 'model');
  const name = field(model, 'modelName');
  return typeof name === 'string' ? name : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
