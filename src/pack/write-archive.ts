import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { ArchiveWriter, WriterSettings } from '#archive/writing/archive-writer.js';
import type { Compressor } from '#archive/writing/compression.js';
import { DigestWriter } from '#archive/writing/digest-writer.js';
import type { PackedEntry } from '#archive/writing/packed-entry.js';
import { type PlannedEntry, plannedSize } from '#archive/writing/planned-entry.js';
import { stage, unwritable } from '#archive/writing/staging.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import { MarError } from '#errors/mar-error.js';
import type { Manifest } from '#manifest/manifest.js';
import { MANIFEST_LIMIT, MANIFEST_PATH } from '#manifest/manifest.js';
import { writeManifest } from '#manifest/write-manifest.js';
import type { PackOptions } from './options.js';
import type { PackTarget } from './target.js';

/** What `writeArchive` made. */
export interface WrittenArchive {
  readonly manifest: Manifest;
  /** The manifest last. */
  readonly entries: readonly PackedEntry[];
  /** Bytes of the archive file; undefined for a directory and for a dry run. */
  readonly bytes?: number;
}

/** What the entries alone do not say. */
export interface Completion {
  /** Makes the manifest from the digests of the entries. */
  describe(entries: readonly PackedEntry[]): Manifest;
  /** What goes on beside the writing; when it is rejected, the archive does not appear. */
  readonly approved: Promise<unknown>;
}

/** Writes the entries and then the manifest. The target appears complete or not at all, whatever goes wrong on the way. */
export async function writeArchive(
  target: PackTarget,
  plan: readonly PlannedEntry[],
  options: PackOptions,
  compressor: Compressor,
  completion: Completion,
): Promise<WrittenArchive> {
  const settings: WriterSettings = {
    time: options.sourceDateEpoch ?? Date.UTC(1980, 0, 1) / 1000,
    signal: options.signal,
    compressor,
    onBytes: progress(plan, options),
  };
  if (options.dryRun) return fill(new DigestWriter(settings), plan, options, completion);
  try {
    const inPlace = target.inPlace ? await target.form.openInPlace?.(target.path, settings) : undefined;
    if (inPlace !== undefined) return await fill(inPlace, plan, options, completion);
    return await writeStaged(target, plan, options, settings, completion);
  } catch (error) {
    throw unwritable(target.path, error);
  }
}

async function writeStaged(
  target: PackTarget,
  plan: readonly PlannedEntry[],
  options: PackOptions,
  settings: WriterSettings,
  completion: Completion,
): Promise<WrittenArchive> {
  const kind = target.form.ending === '' ? 'directory' : 'file';
  const staged = await stage(target.path, kind);
  try {
    const writer = await target.form.open(staged.path, options.modelName, settings);
    const written = await fill(writer, plan, options, completion);
    const bytes = kind === 'directory' ? undefined : (await stat(staged.path)).size;
    throwIfAborted(options.signal);
    await staged.commit(options.force ?? false);
    return bytes === undefined ? written : { ...written, bytes };
  } finally {
    await staged.discard();
  }
}

async function fill(
  writer: ArchiveWriter,
  plan: readonly PlannedEntry[],
  options: PackOptions,
  completion: Completion,
): Promise<WrittenArchive> {
  try {
    const entries: PackedEntry[] = [];
    for (const entry of plan) {
      const written = writer.add(entry);
      entries.push(written instanceof Promise ? await written : written);
      if (entries.length % 64 === 0) await setImmediate();
      throwIfAborted(options.signal);
    }
    const manifest = completion.describe(entries);
    entries.push(await writer.add(manifestEntry(manifest)));
    await completion.approved;
    throwIfAborted(options.signal);
    await writer.finish();
    return { manifest, entries };
  } finally {
    await writer.close();
  }
}

function manifestEntry(manifest: Manifest): PlannedEntry {
  const bytes = writeManifest(manifest);
  if (bytes.length <= MANIFEST_LIMIT) return { path: MANIFEST_PATH, bytes, origin: 'the manifest' };
  throw new MarError(`The manifest would have ${bytes.length} bytes; readers accept ${MANIFEST_LIMIT}.`, {
    code: 'ERR_MANIFEST_TOO_LARGE',
  });
}

/** Turns counts of bytes into progress over the whole plan. */
function progress(plan: readonly PlannedEntry[], { onProgress }: PackOptions): (count: number) => void {
  if (!onProgress) return () => {};
  const totalBytes = plan.reduce((sum, entry) => sum + plannedSize(entry), 0);
  let bytes = 0;
  let entries = 0;
  let left = plan[0] ? plannedSize(plan[0]) : 0;
  return (count) => {
    const current = plan[entries];
    if (!current) return;
    bytes += count;
    left -= count;
    if (left <= 0) {
      entries += 1;
      const following = plan[entries];
      left = following ? plannedSize(following) : 0;
    }
    onProgress({ path: current.path, bytes, totalBytes, entries, totalEntries: plan.length });
  };
}
