import { createHash } from 'node:crypto';
import type { Archive } from '#archive/archive.js';
import { openArchive } from '#archive/open.js';
import { MarError } from '#errors/mar-error.js';
import { patchOf } from '#inspect/patch.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { findManifest } from '#manifest/read-manifest.js';
import { writeManifest } from '#manifest/write-manifest.js';
import { VERSION } from '#version.js';
import type { MigrationTarget } from './handler-facts.js';
import { type HandlerPlace, handlerPlaces } from './handler-places.js';
import { readModels } from './models.js';
import { safelyChanged } from './safe-changes.js';
import { migratedPath, writeMigrated } from './write-migrated.js';

/** Where an archive is to go. */
export interface MigrateOptions {
  readonly to: MigrationTarget;
  /** The new archive; NAME-TO.mar beside the old one unless told otherwise. */
  readonly output?: string;
  /** Writes nothing. */
  readonly dryRun?: boolean;
  /** Replaces what is at `output`. Never the archive itself. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Hears what will change before anything is written. */
  readonly onPrepared?: (migration: Migration) => void;
}

/** A place in the handler that has to do with the accelerator. */
export interface MigratedPlace {
  readonly entry: string;
  readonly line: number;
  readonly code: string;
  /** What has to change for the target. */
  readonly change: string;
  /** It is changed in the new archive; else it is left to the author. */
  readonly done: boolean;
}

/** What becomes of an archive on its way from Elastic Inference. */
export interface Migration {
  readonly archive: string;
  readonly to: MigrationTarget;
  /** The new archive, whether it is written or not. */
  readonly output: string;
  readonly written: boolean;
  /** Unified diffs of the files that change, the manifest first. */
  readonly patches: readonly { readonly path: string; readonly patch?: string }[];
  readonly places: readonly MigratedPlace[];
  /** What the target asks for besides, and what stands between MXNet models and ONNX. */
  readonly notes: readonly string[];
}

/**
 * Takes the accelerator out of an archive's manifest and, where it is safe, out of its handler; everything else in the handler is
 * listed. Writes a new archive, never the old one. Throws `ERR_EIA_NOT_DECLARED` for an archive that has nothing to do with
 * accelerators, and what reading and writing archives throws.
 */
export async function migrateEia(path: string, options: MigrateOptions): Promise<Migration> {
  const { to, dryRun = false, signal } = options;
  const output = migratedPath(path, to, options.output);
  const archive = await openArchive(path, signal ? { signal } : {});
  try {
    const { document } = await findManifest(archive);
    if (document === undefined) {
      throw new MarError(`${path} has no readable manifest, so that nothing can be told of its device.`, {
        code: 'ERR_MANIFEST_MISSING',
      });
    }
    const found = await handlerPlaces(archive);
    const eia = objectAt(document.model, 'extensions')['eia'];
    const places = found.filter(({ fact }) => fact.change[to] !== undefined);
    if (eia === undefined && !found.some(({ fact }) => fact.refused === undefined)) throw nothingThere(path);
    if (document.legacy) throw ofOldForm(path);
    const changed = await changedFiles(archive, document, places, to);
    const migration: Migration = {
      archive: path,
      to,
      output,
      written: !dryRun,
      patches: [...changed].map(([entry, { before, after }]) => ({ path: entry, ...patchOf(entry, before, after) })),
      places: places.map(({ entry, line, code, fact }) => ({
        entry,
        line,
        code,
        change: fact.change[to] ?? '',
        done: changed.get(entry)?.lines.has(line) === true && fact.safe?.[to] !== undefined,
      })),
      notes: await notesOf(archive, to),
    };
    options.onPrepared?.(migration);
    if (!dryRun) {
      const contents = new Map([...changed].map(([entry, { after }]) => [entry, Buffer.from(after)]));
      await writeMigrated(archive, output, contents, options);
    }
    return migration;
  } finally {
    await archive.close();
  }
}

function ofOldForm(path: string): MarError {
  return new MarError(`${path} is an archive of Multi Model Server 0.4, whose manifest has no place for a device.`, {
    code: 'ERR_MANIFEST_INVALID',
    hint: 'Convert it first: model-archiver --convert writes one of 1.0.',
  });
}

function nothingThere(path: string): MarError {
  return new MarError(`${path} declares no accelerator, and nothing in its handler reaches for one.`, {
    code: 'ERR_EIA_NOT_DECLARED',
  });
}

interface ChangedFile {
  readonly before: string;
  readonly after: string;
  readonly lines: ReadonlySet<number>;
}

/** The files that change, the manifest first, with the digests of the others in it. */
async function changedFiles(
  archive: Archive,
  document: ManifestDocument,
  places: readonly HandlerPlace[],
  to: MigrationTarget,
): Promise<Map<string, ChangedFile>> {
  const files = new Map<string, ChangedFile>();
  for (const path of new Set(places.map(({ entry }) => entry))) {
    const entry = archive.get(path);
    if (!entry || !/\.py$/i.test(path)) continue;
    const before = (await archive.bytes(entry)).toString('utf8');
    const { text, lines } = await safelyChanged(before, to);
    if (text !== before) files.set(path, { before, after: text, lines });
  }
  const after = migratedManifest(document.file, files, to);
  const manifest = archive.get(document.entry);
  const before = manifest ? (await archive.bytes(manifest)).toString('utf8') : '';
  const text = writeManifest(after).toString('utf8');
  const isSame = JSON.stringify(after) === JSON.stringify(document.file);
  return new Map([
    ...(isSame ? [] : [[document.entry, { before, after: text, lines: new Set<number>() }] as const]),
    ...files,
  ]);
}

/** The manifest without the accelerator, for a GPU with its device, and the digests of what changes. */
function migratedManifest(file: JsonObject, files: ReadonlyMap<string, ChangedFile>, to: MigrationTarget): JsonObject {
  const model = objectAt(file, 'model');
  const { eia, ...extensions } = objectAt(model, 'extensions');
  const archiver = objectAt(extensions, 'modelArchiver');
  const fallback = isObject(eia) && (eia['fallback'] === 'fail' || eia['fallback'] === 'cpu') ? eia['fallback'] : 'cpu';
  const device = to === 'gpu' ? { device: { model: 'gpu:0', data: 'cpu', fallback } } : {};
  const { entries: recorded, ...others } = archiver;
  const entries = isObject(recorded) ? { entries: withDigests(recorded, files) } : {};
  const ours = { version: VERSION, ...others, ...device, ...entries };
  const isOurs = Object.keys(archiver).length > 0 || to === 'gpu';
  const left = { ...extensions, ...(isOurs && { modelArchiver: ours }) };
  const { extensions: _, ...rest } = model;
  const isLeft = Object.keys(left).length > 0 || (eia === undefined && 'extensions' in model);
  return { ...file, model: { ...rest, ...(isLeft && { extensions: left }) } };
}

function withDigests(recorded: JsonObject, files: ReadonlyMap<string, ChangedFile>): JsonObject {
  const digests = Object.entries(recorded).map(([path, digest]) => {
    const after = files.get(path)?.after;
    if (after === undefined) return [path, digest];
    const bytes = Buffer.from(after);
    return [path, { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }];
  });
  return Object.fromEntries(digests);
}

/** What the target asks for beside the changes, and what stands between the models and ONNX. */
async function notesOf(archive: Archive, to: MigrationTarget): Promise<string[]> {
  const notes: string[] = [];
  if (to === 'inferentia') {
    notes.push(
      'Inferentia runs models that AWS Neuron has compiled: compile them, put them into the archive in place of the originals, and load them with the Neuron library of the framework.',
      'ONNX Runtime has no provider for Inferentia: a service in TypeScript runs on the cpu of such an instance.',
    );
  }
  for (const { entry, format, missing = {}, problems } of await readModels(archive, { batch: 1 })) {
    if (format !== 'mxnet') continue;
    const operators = Object.entries(missing).map(([operator, count]) => `${operator} (${count})`);
    notes.push(...problems.map((problem) => `${entry}: ${problem}`));
    notes.push(
      operators.length > 0
        ? `${entry}: on the way to ONNX these operators have no counterpart that is known here: ${operators.join(', ')}.`
        : `${entry}: every operator that could be read has a counterpart in ONNX; MXNet 1.9 exports it with mx.onnx.export_model, and its outputs have to be compared.`,
    );
    notes.push(`${entry}: until then it needs MXNet, which is no longer developed; its last release is 1.9.1.`);
  }
  return notes;
}
