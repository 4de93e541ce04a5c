import { stat } from 'node:fs/promises';
import type { Archive, ArchiveFormat } from '#archive/archive.js';
import { digestEntries } from '#archive/digest.js';
import { scanArchive } from '#archive/open.js';
import { ArchiveError, type ArchiveProblem } from '#archive/problem.js';
import type { ReadProgress } from '#archive/watched.js';
import type { DeclaredDevice } from '#device/declared-device.js';
import { type DeclaredInput, inspectManifest, type LegacyArchive } from './inspect-manifest.js';
import { inspectModels, type ModelSummary } from './inspect-models.js';
import { type InspectedVerification, inspectVerifications } from './inspect-verifications.js';

export interface InspectOptions {
  readonly signal?: AbortSignal;
  /** Hears how far the pass over the content is. */
  readonly onRead?: (progress: ReadProgress) => void;
}

/** An entry with the SHA-256 of its content, and whether the manifest records the same one. */
export interface InspectedEntry {
  readonly path: string;
  /** Bytes of the content, and what it takes inside the archive. */
  readonly size: number;
  readonly compressedSize: number;
  readonly compression: 'store' | 'deflate';
  /** Hex; absent when the content is broken, which is then among the problems. */
  readonly sha256?: string;
  /** Against `model.extensions.modelArchiver.entries`. */
  readonly recorded: 'match' | 'differs' | 'none';
}

export interface InspectResult {
  readonly archive: string;
  readonly format: ArchiveFormat;
  /** Folder inside a tgz that holds everything; empty elsewhere. */
  readonly root: string;
  /** Bytes of the archive file; the sum of the files of a directory. */
  readonly bytes: number;
  /** The manifest as it is written; null when there is none or it is not JSON. */
  readonly manifest: unknown;
  /** Its path in the archive; absent when there is none. */
  readonly manifestPath?: string;
  /** Why no server takes the archive as it is, or what our archiver recorded in it cannot be used. */
  readonly manifestProblem?: string;
  /** Present for an archive of Multi Model Server 0.4. */
  readonly legacy?: LegacyArchive;
  readonly device?: DeclaredDevice;
  /** What the handler declares as its inputs. */
  readonly inputs?: readonly DeclaredInput[];
  /** Modules that the runner has to provide, with the versions the handler was compiled against. */
  readonly provided: Readonly<Record<string, string>>;
  readonly models: readonly ModelSummary[];
  readonly entries: readonly InspectedEntry[];
  /** Records of `mar validate --attest`, inside and beside the archive. */
  readonly verifications: readonly InspectedVerification[];
  /** What is wrong with the archive's structure or content; `mar validate` says more. */
  readonly problems: readonly ArchiveProblem[];
  /** No unsafe or damaged entry, a valid manifest, content as the manifest and a record inside have it, readable models. */
  readonly sound: boolean;
}

/**
 * Everything that can be told about an archive or a model directory without running it: one pass over the content, models read
 * without their weights. Fails only when the entries cannot be listed at all.
 */
export async function inspect(path: string, options: InspectOptions = {}): Promise<InspectResult> {
  const { archive, problems } = await scanArchive(path, options);
  if (archive === undefined) {
    const [fatal] = problems;
    if (fatal === undefined) throw new TypeError(`${path} could not be opened and no problem says why`);
    throw new ArchiveError(path, fatal);
  }
  try {
    const { recorded, ...manifest } = await inspectManifest(archive);
    const content = await inspectEntries(archive, recorded, options);
    const found = {
      ...manifest,
      models: await inspectModels(archive),
      entries: content.entries,
      verifications: await inspectVerifications(archive, path, content.entries),
      problems: [...new Set([...problems, ...content.problems])],
    };
    return {
      archive: path,
      format: archive.format,
      root: archive.root,
      bytes: await bytesOf(path, archive),
      ...found,
      sound: isSound(found),
    };
  } finally {
    await archive.close();
  }
}

function isSound(
  found: Pick<InspectResult, 'manifestProblem' | 'models' | 'entries' | 'problems' | 'verifications'>,
): boolean {
  return (
    found.manifestProblem === undefined &&
    found.problems.every(({ severity }) => severity !== 'error') &&
    found.entries.every(({ recorded }) => recorded !== 'differs') &&
    found.models.every(({ problem }) => problem === undefined) &&
    found.verifications.every(({ where, fits }) => where === 'beside' || fits)
  );
}

async function inspectEntries(
  archive: Archive,
  recorded: Readonly<Record<string, { readonly sha256: string }>>,
  options: InspectOptions,
): Promise<{ entries: InspectedEntry[]; problems: ArchiveProblem[] }> {
  const entries: InspectedEntry[] = [];
  const problems: ArchiveProblem[] = [];
  for await (const { entry, sha256, problem } of digestEntries(archive, options)) {
    const { path, size, compressedSize, compression } = entry;
    const expected = Object.hasOwn(recorded, path) ? recorded[path]?.sha256 : undefined;
    const verdict = expected === undefined ? 'none' : expected === sha256 ? 'match' : 'differs';
    entries.push({ path, size, compressedSize, compression, ...(sha256 ? { sha256 } : {}), recorded: verdict });
    if (problem !== undefined) problems.push(problem);
  }
  return { entries, problems };
}

async function bytesOf(path: string, archive: Archive): Promise<number> {
  if (archive.format !== 'directory') return (await stat(path)).size;
  return archive.entries.reduce((sum, entry) => sum + entry.size, 0);
}
