import { copyFile, link, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openArchive } from '#archive/open.js';
import { replaceEntry } from '#archive/writing/replace-entry.js';
import { unwritable } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';
import { objectAt } from '#json-object.js';
import type { Serving } from '#manifest/manifest.js';
import { findManifest } from '#manifest/read-manifest.js';
import { writeManifest } from '#manifest/write-manifest.js';

/**
 * Writes an archive again, as `output`, which asks to be served so: `model.extensions.modelArchiver.serving` of its manifest, all else as it was.
 * It appears complete or not at all, and takes no other file's place. Throws `ERR_TARGET_EXISTS`, `ERR_OPTION` for a directory, `ERR_MANIFEST_INVALID`.
 */
export async function writeServing(source: string, output: string, serving: Serving): Promise<void> {
  if ((await stat(source)).isDirectory())
    throw new MarError(`${source} is a directory, and a configuration is written into archives.`, {
      code: 'ERR_OPTION',
      hint: 'Pack it first: mar build.',
    });
  const { entry, bytes } = await manifestWith(source, serving);
  const folder = await mkdtemp(join(dirname(output), '.mar-tune-')).catch((error: unknown) => {
    throw unwritable(output, error);
  });
  try {
    const staged = join(folder, basename(output));
    await copyFile(source, staged);
    await replaceEntry(staged, entry, bytes);
    await link(staged, output).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST'
        ? new MarError(`${output} exists already.`, { code: 'ERR_TARGET_EXISTS', hint: 'Name another file.' })
        : unwritable(output, error);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function manifestWith(source: string, serving: Serving): Promise<{ entry: string; bytes: Buffer }> {
  const archive = await openArchive(source);
  try {
    const { document } = await findManifest(archive);
    if (document === undefined || document.legacy)
      throw new MarError(`${source} has no manifest of 1.0 that a configuration could be written into.`, {
        code: 'ERR_MANIFEST_INVALID',
      });
    const model = objectAt(document.file, 'model');
    const extensions = objectAt(model, 'extensions');
    const modelArchiver = { ...objectAt(extensions, 'modelArchiver'), serving: { ...serving } };
    const changed = { ...document.file, model: { ...model, extensions: { ...extensions, modelArchiver } } };
    return { entry: document.entry, bytes: writeManifest(changed) };
  } finally {
    await archive.close();
  }
}
