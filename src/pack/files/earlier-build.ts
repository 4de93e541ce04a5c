import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Archive } from '#archive/archive.js';
import type { SourceFile } from '#archive/writing/source-file.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import { MarError, systemCode } from '#errors/mar-error.js';
import { CURRENT_PLACE } from '#manifest/locate.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import { type FoundManifest, findManifest, foundManifest } from '#manifest/read-manifest.js';

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
    return nameIn(await findManifest(archive));
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
    const model = nameIn(foundManifest(readFileSync(join(directory, MANIFEST_PATH)), CURRENT_PLACE));
    return model === undefined ? undefined : archiveOf(model);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function archiveOf(model: string): string {
  return `archive of the model ${model}`;
}

/** The model of a manifest where ours is written; of 0.4 anything may be called MANIFEST.json. */
function nameIn({ text, served }: FoundManifest): string | undefined {
  return text?.legacy === false ? served.modelName : undefined;
}
