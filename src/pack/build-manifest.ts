import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { DeviceDeclaration } from '#device/declare-device.js';
import type { ConvertedManifest } from '#manifest/legacy.js';
import type { ArchiverExtension, Extensions, Manifest, ModelSection } from '#manifest/manifest.js';
import { VERSION } from '#version.js';
import type { NamedFiles } from './files/named-files.js';
import type { PreparedHandler } from './handler/prepared-handler.js';
import type { PackOptions } from './options.js';

/** The version of TorchServe's archiver whose manifest ours follows. What really wrote the archive is in our extension. */
const TORCH_ARCHIVER_VERSION = '0.12.0';

/** Everything the manifest is made from. */
export interface ManifestInput {
  readonly options: PackOptions;
  readonly handler: PreparedHandler;
  readonly files: NamedFiles['fields'];
  readonly device: DeviceDeclaration;
  /** What a 0.4 manifest said, under `--convert`. */
  readonly legacy?: ConvertedManifest | undefined;
  /** Already written, with their digests. */
  readonly entries: readonly PackedEntry[];
}

/**
 * The manifest, in the order of keys that the servers write. Without a model path it is the one of TorchServe's archiver
 * (`createdOn`, `archiverVersion`), otherwise Multi Model Server's.
 */
export function buildManifest(input: ManifestInput): Manifest {
  const { options, handler, legacy } = input;
  const model = modelSection(input);
  if (options.modelPath === undefined) {
    const createdOn = creationDate(options.sourceDateEpoch ?? 0);
    return { createdOn, runtime: handler.runtime, model, archiverVersion: TORCH_ARCHIVER_VERSION };
  }
  return {
    runtime: handler.runtime,
    model,
    ...legacy?.fields,
    modelServerVersion: '1.0',
    implementationVersion: '1.0',
    specificationVersion: '1.0',
  };
}

function modelSection({ options, handler, files, device, legacy, entries }: ManifestInput): ModelSection {
  const extensions: Extensions = {
    ...legacy?.extensions,
    ...(device.eia && { eia: device.eia }),
    ...(options.record !== false && { modelArchiver: archiverRecord(handler, device, entries, options.serving) }),
  };
  return {
    modelName: options.modelName,
    ...(files.serializedFile && { serializedFile: files.serializedFile }),
    handler: handler.reference,
    ...(files.modelFile && { modelFile: files.modelFile }),
    ...(legacy?.modelDescription && { description: legacy.modelDescription }),
    ...(options.version && { modelVersion: options.version }),
    ...(files.requirementsFile && { requirementsFile: files.requirementsFile }),
    ...(files.configFile && { configFile: files.configFile }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

function archiverRecord(
  handler: PreparedHandler,
  { device }: DeviceDeclaration,
  entries: readonly PackedEntry[],
  serving: PackOptions['serving'],
): ArchiverExtension {
  const digests = entries.map(({ path, size, sha256 }) => [path, { size, sha256 }] as const);
  return {
    version: VERSION,
    ...(handler.record && { handler: handler.record }),
    ...(handler.bridge && { bridge: { ...handler.bridge } }),
    ...(handler.provided && { provided: { ...handler.provided } }),
    ...(handler.inputs && { inputs: handler.inputs }),
    ...(device && { device }),
    ...(serving && { serving }),
    entries: Object.fromEntries(digests),
  };
}

/** `dd/mm/yyyy hh:mm:ss` in UTC, never before 1980: the same build gives the same manifest. */
function creationDate(seconds: number): string {
  const iso = new Date(Math.max(seconds * 1000, Date.UTC(1980, 0, 1))).toISOString();
  const [date = '', time = ''] = iso.split('T');
  return `${date.split('-').reverse().join('/')} ${time.slice(0, 8)}`;
}
