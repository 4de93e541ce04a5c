import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Archive, ArchiveFormat } from '#archive/archive.js';
import { extractArchive } from '#archive/extract.js';
import type { PackFormat } from '#archive/format.js';
import { archiveEnding, writtenForm } from '#archive/formats.js';
import { compressor } from '#archive/writing/compression.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { stage, unwritable } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';

/** How each format is written again. */
const FORMS: Readonly<Record<ArchiveFormat, PackFormat>> = { zip: 'default', tgz: 'tgz', directory: 'no-archive' };

/** Where the new archive goes: what was asked for, or NAME-TO beside the old one. */
export function migratedPath(path: string, to: string, output: string | undefined): string {
  if (output !== undefined) return resolve(output);
  const ending = archiveEnding(path) ?? '';
  return `${resolve(path).slice(0, -ending.length || undefined)}-${to}${ending}`;
}

/** Writes the archive again, in its own format, with some of its files replaced. Appears complete or not at all. */
export async function writeMigrated(
  archive: Archive,
  output: string,
  contents: ReadonlyMap<string, Buffer>,
  { force = false, signal }: { readonly force?: boolean; readonly signal?: AbortSignal },
): Promise<void> {
  await refuseItself(archive.source, output);
  const form = writtenForm(FORMS[archive.format]);
  const kind = form.ending === '' ? 'directory' : 'file';
  const folder = await mkdtemp(join(tmpdir(), 'mar-migrate-'));
  try {
    await extractArchive(archive, join(folder, 'content'), signal ? { signal } : {});
    const staged = await stage(output, kind);
    try {
      const settings = {
        time: Date.UTC(1980, 0, 1) / 1000,
        signal,
        compressor: compressor(form.compresses ? 'auto' : 'store'),
        onBytes: () => {},
      };
      const writer = await form.open(staged.path, archive.root, settings);
      try {
        for (const { path } of archive.entries)
          await writer.add(await entryOf(path, join(folder, 'content'), contents));
        await writer.finish();
      } finally {
        await writer.close();
      }
      signal?.throwIfAborted();
      await staged.commit(force);
    } finally {
      await staged.discard();
    }
  } catch (error) {
    throw unwritable(output, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function entryOf(path: string, folder: string, contents: ReadonlyMap<string, Buffer>): Promise<PlannedEntry> {
  const bytes = contents.get(path);
  if (bytes) return { path, bytes, origin: 'the migration' };
  const file = join(folder, path);
  return { path, source: sourceFile({ path, file }, await stat(file)) };
}

/** The old archive stays as it is, whatever it is called on the way. */
async function refuseItself(source: string, output: string): Promise<void> {
  const [old, taken] = await Promise.all([realpath(source), realpath(output).catch(() => undefined)]);
  const inside = await realpath(dirname(output)).catch(() => undefined);
  if (old !== taken && old !== inside) return;
  throw new MarError(
    `${output} is the archive that is migrated${old === inside ? ', or inside it' : ''}; it stays as it is.`,
    {
      code: 'ERR_OPTION',
      hint: 'Name another file with --output.',
    },
  );
}
