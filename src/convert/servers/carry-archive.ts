import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { VERIFICATION_ENTRY } from '#conventions/verification.js';
import { type JsonObject, objectAt } from '#json-object.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import { writeManifest } from '#manifest/write-manifest.js';
import { type BridgedBuild, withBridge } from '#pack/bridge/with-bridge.js';
import { VERSION } from '#version.js';
import type { Plan } from '../conversion.js';
import { deviceLost } from '../device.js';
import type { ConvertOptions } from '../options.js';
import type { Remark } from '../result.js';
import type { Source } from '../source.js';
import { importFaults } from './import-faults.js';
import { type PythonServer, serverManifest } from './server-manifest.js';
import type { CarriedSettings } from './settings.js';

/** What one server wants beside what all of them want. */
export interface ServerForm {
  readonly server: PythonServer;
  /** What becomes of batch and worker settings. */
  readonly settings: CarriedSettings;
  /** Files that only this server reads; they replace those of the archive with the same path. */
  readonly entries?: readonly PlannedEntry[];
  readonly carried?: readonly Remark[];
  readonly notes: readonly string[];
}

/**
 * The archive for one of the Python servers: its files as they are, its manifest in the server's form, the bridge around a Node handler.
 */
export async function carryArchive(source: Source, options: ConvertOptions, form: ServerForm): Promise<Plan> {
  const { document, served } = source;
  const legacy = document.legacy ? document.entry : undefined;
  const dropped = new Set([source.entryAt(MANIFEST_PATH), source.entryAt(VERIFICATION_ENTRY), legacy]);
  const kept = source.paths.filter((path) => !dropped.has(source.entryAt(path)));
  const outside = source.archive.entries.length - source.paths.length;
  const bridge = await bridgeOf(source, options);
  const manifest = serverManifest(source, { server: form.server, ...(bridge && { bridge }), settings: form.settings });
  const added = [
    ...(bridge?.handler.entries ?? []),
    ...(form.settings.entry ? [form.settings.entry] : []),
    ...(form.entries ?? []),
  ];
  const clash = bridge?.handler.entries.find(({ path }) => kept.includes(path));
  const replaced = new Set(added.map(({ path }) => path));
  const own = await Promise.all(kept.filter((path) => !replaced.has(path)).map((path) => source.file(path)));
  const sorted = [...own, ...added].sort((one, other) => (one.path < other.path ? -1 : 1));
  const entries = bridge?.requirements ? await bridge.requirements.addTo(sorted) : sorted;
  const verified = source.archive.get(source.entryAt(VERIFICATION_ENTRY)) !== undefined;
  return {
    model: source.name,
    entries,
    complete: (written) => ({
      path: MANIFEST_PATH,
      bytes: writeManifest(withRecord(manifest.value, written, bridge)),
      origin: 'the manifest',
    }),
    carried: [
      { what: `${own.length} ${own.length === 1 ? 'file' : 'files'}`, how: 'as they are' },
      ...form.settings.carried,
      ...(form.carried ?? []),
    ],
    changed: [...manifest.changed, ...bridgeRemarks(bridge)],
    lost: [
      ...manifest.lost,
      ...deviceLost(source, 'the server'),
      ...form.settings.lost,
      ...(verified ? [{ what: VERIFICATION_ENTRY, how: 'it records a run of other content' }] : []),
      ...(outside > 0 ? [{ what: `${outside} files outside of the model's folder`, how: 'no server reads them' }] : []),
    ],
    notes: form.notes,
    reasons: [
      ...(clash
        ? [`The bridge for the Node handler brings ${clash.path}, and the archive has a file of that name.`]
        : []),
      ...(served.handler === undefined ? ['The manifest names no handler.'] : []),
      ...(bridge === undefined ? unheard(source, options) : []),
      ...(await importFaults(source, form.server)),
    ],
  };
}

/** The bridge, where the handler needs one. An archive that has it keeps the one it has. */
async function bridgeOf({ document, served }: Source, options: ConvertOptions): Promise<BridgedBuild | undefined> {
  const { handler } = served;
  if (document.runtime !== 'nodejs' || document.bridged || handler === undefined) return undefined;
  const prepared = { reference: handler, runtime: 'nodejs', entries: [], bundled: [] } as const;
  const { bridgeNode, vendor } = options;
  const wanted = { ...(bridgeNode && { bridgeNode }), ...(vendor !== undefined && { vendor }) };
  return withBridge(prepared, { modelName: served.modelName ?? '', bridge: true, ...wanted }, served.requirementsFile);
}

/** What was asked of a bridge that is not made here. */
function unheard({ document }: Source, { bridgeNode, vendor }: ConvertOptions): string[] {
  const flags = Object.entries({ '--bridge-node': bridgeNode, '--vendor': vendor });
  const why = document.bridged
    ? 'the archive has a bridge already, which stays as it is: build it again with the flag'
    : 'no Node handler gets a bridge here: leave the flag out';
  return flags.flatMap(([flag, value]) =>
    value === undefined ? [] : [`${flag} ${value} would not be heard, since ${why}.`],
  );
}

function bridgeRemarks(bridge: BridgedBuild | undefined): Remark[] {
  if (bridge === undefined) return [];
  const { reference, bridge: behind } = bridge.handler;
  return [
    {
      what: `handler ${behind?.handler}`,
      how: `the server reaches it through ${reference}, which starts Node with it`,
    },
  ];
}

/** The manifest with the digests of what was written, where the archive had some or the bridge needs our record. */
function withRecord(
  manifest: JsonObject,
  written: readonly PackedEntry[],
  bridge: BridgedBuild | undefined,
): JsonObject {
  const model = objectAt(manifest, 'model');
  const extensions = objectAt(model, 'extensions');
  const archiver = objectAt(extensions, 'modelArchiver');
  if (Object.keys(archiver).length === 0 && bridge === undefined) return manifest;
  const digests = written.map(({ path, size, sha256 }) => [path, { size, sha256 }] as const);
  const modelArchiver = {
    ...archiver,
    version: VERSION,
    ...(bridge?.handler.bridge && { bridge: { ...bridge.handler.bridge } }),
    entries: Object.fromEntries(digests),
  };
  return { ...manifest, model: { ...model, extensions: { ...extensions, modelArchiver } } };
}
