import type { Archive } from '#archive/archive.js';
import type { ReadProgress } from '#archive/watched.js';
import { findVerifications } from '#conventions/read-verification.js';
import type { AttestWhere } from '#conventions/verification.js';
import type { ScriptAnalyst } from '#handler/script-analyst.js';
import { objectAt } from '#json-object.js';
import { writtenDevice } from '#manifest/device.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { findManifest } from '#manifest/read-manifest.js';
import type { AllowList } from '#models/pickle/judge.js';
import { FactStore, type Facts } from './fact-store.js';
import { PackedReview, reviewCode } from './facts/code.js';
import { pythonEntryPoint, pythonFaults, scriptEntryPoint, scriptFaults } from './facts/entry-point.js';
import { readGoldenFiles } from './facts/golden.js';
import { findHandler, readPythonHandler, readScriptHandler } from './facts/handler.js';
import { checkIntegrity } from './facts/integrity.js';
import { labelFilesOf } from './facts/labels.js';
import { followLoadable } from './facts/loaded.js';
import { findModels } from './facts/models.js';
import { readableOf } from './facts/readable.js';
import { listRequirements, readRequirements } from './facts/requirements.js';
import { type ArchiveRunner, type RunOutcome, runArchive } from './facts/run.js';
import { readService } from './facts/service.js';
import type { ScannedSource } from './facts/source.js';

/** What facts are worked out with; shared by all archives of a run. */
export interface Tools {
  readonly analyst: ScriptAnalyst;
  /** Runs archives; without it nothing of them is executed. */
  readonly runner: ArchiveRunner | undefined;
  /** What pickles may import beside our own list. */
  readonly allowed: AllowList;
  /** Where the record of this verification will lie: what lies there now is replaced, and not looked at. */
  readonly attest: AttestWhere | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onRead?: ((progress: ReadProgress) => void) | undefined;
}

/** The facts of one opened archive; only with a `runner` is anything of it executed. */
export function createFacts(source: ScannedSource, { analyst, runner, allowed, attest, signal }: Tools): FactStore {
  const { archive } = source;
  const withArchive = async <T>(use: (archive: Archive) => Promise<T> | T): Promise<Awaited<T> | undefined> =>
    archive === undefined ? undefined : await use(archive);
  const packed = new PackedReview();
  return new FactStore({
    source: async () => source,
    archive: async () => archive,
    integrity: async (store) => {
      if (archive === undefined)
        return { problems: [], damaged: new Set(), digests: [], loadable: [], native: [], secrets: [] };
      const manifest = await store.get('manifest');
      const whole = attest !== undefined || ((await store.get('verifications')) ?? []).length > 0;
      return checkIntegrity(archive, manifest?.archiver ?? {}, manifest?.entry, whole, signal);
    },
    readable: (store) =>
      withArchive(async (from) => readableOf(from, (await store.get('integrity'))?.damaged ?? new Set())),
    found: () => withArchive(findManifest),
    manifestText: async (store) => (await store.get('found'))?.text,
    manifest: async (store) => (await store.get('found'))?.document,
    reference: (store) => withManifest(store, findHandler),
    python: async (store) => {
      const reference = await store.get('reference');
      return reference && archive && readPythonHandler(archive, reference);
    },
    script: async (store) => {
      const reference = await store.get('reference');
      return (
        reference && withManifest(store, (from, manifest) => readScriptHandler(from, reference, manifest, analyst))
      );
    },
    handlerFaults: async (store) => {
      const python = await store.get('python');
      if (python) return pythonFaults(python);
      const script = await store.get('script');
      return script && scriptFaults(script);
    },
    entryPoint: async (store) => {
      const python = await store.get('python');
      if (python) return python.analysis.invalid ? undefined : pythonEntryPoint(python);
      const script = await store.get('script');
      return script && script.analysis.syntaxErrors.length === 0 ? scriptEntryPoint(script) : undefined;
    },
    requirements: (store) => withManifest(store, readRequirements),
    requirementLists: async (store) => {
      const readable = await store.get('readable');
      if (readable === undefined) return undefined;
      await store.get('loaded');
      return [...(await listRequirements(readable, await store.get('manifest'))), ...packed.requirements];
    },
    review: async (store) => {
      const readable = await store.get('readable');
      if (readable === undefined) return undefined;
      await store.get('loaded');
      const [own, inside] = [await reviewCode(readable, signal), await packed.result()];
      return { files: [...own.files, ...inside.files], unseen: [...own.unseen, ...inside.unseen] };
    },
    packages: async (store) => {
      const readable = await store.get('readable');
      if (readable === undefined) return undefined;
      await store.get('loaded');
      return packed.packages(readable);
    },
    models: async (store) => {
      const readable = await store.get('readable');
      return readable && withArchive((from) => findModels(from, readable));
    },
    loaded: (store) =>
      withArchive(async (from) =>
        followLoadable(from, (await store.get('integrity'))?.loadable ?? [], allowed, packed, signal),
      ),
    labels: async (store) => {
      const service = await store.get('service');
      const models = (await store.get('models')) ?? [];
      return withArchive((from) => labelFilesOf(from, service, models));
    },
    serving: (store) =>
      withManifest(store, async (from, manifest) => {
        if (manifest.model['configFile'] === undefined) return undefined;
        const { readServing } = await import('./facts/serving.js');
        return readServing(from, manifest);
      }),
    service: (store) => withManifest(store, readService),
    device: (store) => withManifest(store, (_archive, { model }) => writtenDevice(objectAt(model, 'extensions'))),
    golden: () => withArchive(readGoldenFiles),
    verifications: () => withArchive((from) => findVerifications(from, source.path, attest)),
    unseen: (store) => store.unseen(),
    run: async (): Promise<RunOutcome | undefined> => archive && runner && runArchive(source.path, runner),
  });
}

async function withManifest<T>(
  store: FactStore,
  use: (archive: Archive, manifest: ManifestDocument) => Promise<T> | T,
): Promise<Awaited<T> | undefined> {
  const facts: Pick<Facts, 'archive' | 'manifest'> | undefined = await store.pick(['archive', 'manifest']);
  return facts && (await use(facts.archive, facts.manifest));
}
