import type { Archive } from '#archive/archive.js';
import { ArchiveError } from '#archive/problem.js';
import type { FoundVerification } from '#conventions/verification.js';
import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';
import type { WrittenDevice } from '#manifest/device.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import type { ManifestText } from '#manifest/manifest-text.js';
import type { FoundManifest } from '#manifest/read-manifest.js';
import type { EntryPoint, HandlerFaults } from './facts/entry-point.js';
import type { GoldenFile } from './facts/golden.js';
import type { PythonHandler, ResolvedHandler, ScriptHandler } from './facts/handler.js';
import type { Integrity } from './facts/integrity.js';
import type { LabelFile } from './facts/labels.js';
import type { LoadedEntry } from './facts/loaded.js';
import type { ModelFile } from './facts/models.js';
import type { PackageNote } from './facts/packages/packages.js';
import type { RequirementsText } from './facts/packed-requirements.js';
import type { PackedRequirements } from './facts/requirements.js';
import type { RunOutcome } from './facts/run.js';
import type { ServiceFacts } from './facts/service.js';
import type { ServingConfig } from './facts/serving.js';
import type { ScannedSource } from './facts/source.js';
import type { Review } from './facts/source-review.js';

/**
 * What rules may ask about one archive. Each fact is worked out at most once, when the first rule needs it; a fact that
 * cannot be had (no manifest, not a Python handler) is undefined, and the rules that need it are silent.
 */
export interface Facts {
  source: ScannedSource;
  archive: Archive;
  integrity: Integrity;
  /** The same archive without the entries whose content is damaged: for whoever reads what lies in it, whatever it is. */
  readable: Archive;
  /** What was found where a manifest belongs, be it nothing. */
  found: FoundManifest;
  manifestText: ManifestText;
  manifest: ManifestDocument;
  reference: ResolvedHandler;
  python: PythonHandler;
  script: ScriptHandler;
  handlerFaults: HandlerFaults;
  entryPoint: EntryPoint;
  /** Empty without a requirements file. */
  requirements: PackedRequirements;
  /** Every list of requirements as a text, whatever it is called. */
  requirementLists: readonly RequirementsText[];
  /** What a reviewer must see in the code, that of packages in the archive too. */
  review: Review;
  /** What is wrong with packages in the archive, beside what their source does. */
  packages: readonly PackageNote[];
  models: readonly ModelFile[];
  /** What loading the entries would do that look like models. */
  loaded: readonly LoadedEntry[];
  labels: readonly LabelFile[];
  /** Absent when the archive configures no server. */
  serving: ServingConfig;
  /** Absent for an archive with a handler of its own. */
  service: ServiceFacts;
  /** Absent when the archive declares no device. */
  device: WrittenDevice;
  golden: readonly GoldenFile[];
  /** Records of earlier verifications, inside and beside the archive. */
  verifications: readonly FoundVerification[];
  /** What was too large to be looked at. */
  unseen: readonly string[];
  /** Only with `run`. */
  run: RunOutcome;
}
export type FactName = keyof Facts;

export type Providers = { readonly [K in FactName]: (store: FactStore) => Promise<Facts[K] | undefined> };

/** Works facts out on demand and remembers them. */
export class FactStore {
  readonly #providers: Providers;
  readonly #unseen: string[] = [];
  readonly #unread: string[] = [];
  readonly #known: { [K in FactName]?: Promise<Facts[K] | undefined> } = {};

  constructor(providers: Providers) {
    this.#providers = providers;
  }

  get<K extends FactName>(name: K): Promise<Facts[K] | undefined> {
    const known: Promise<Facts[K] | undefined> | undefined = this.#known[name];
    if (known !== undefined) return known;
    const made = this.#providers[name](this).catch((error: unknown) => this.without(error));
    Object.assign(this.#known, { [name]: made });
    return made;
  }

  /** Everything but the run is worked out; then what could not be looked at, one sentence each. */
  async unseen(): Promise<readonly string[]> {
    const names = (Object.keys(this.#providers) as FactName[]).filter((name) => name !== 'run' && name !== 'unseen');
    await Promise.all(names.map((name) => this.get(name)));
    return this.#unseen;
  }

  /** Why content could not be read, as whoever wanted it was told: empty where the integrity alone found it. */
  get unread(): readonly string[] {
    return this.#unread;
  }

  /** All of the named facts, or undefined when one of them cannot be had. */
  async pick<N extends FactName>(names: readonly N[]): Promise<Pick<Facts, N> | undefined> {
    const picked: Partial<Pick<Facts, N>> = {};
    for (const [name, value] of await Promise.all(names.map(async (one) => [one, await this.get(one)] as const))) {
      if (value === undefined) return undefined;
      picked[name] = value;
    }
    return picked as Pick<Facts, N>;
  }

  /**
   * Damaged content is reported by the integrity rules, content over a limit by `unseen`; for a fact or a rule that met it, it is not
   * there. Throws any other error again.
   */
  without(error: unknown): undefined {
    if (error instanceof ArchiveError && error.code !== 'ERR_ARCHIVE_CHANGED') this.#unread.push(error.problem.message);
    else if (error instanceof MarError && LIMITS.includes(error.code)) this.#unseen.push(error.message);
    else throw error;
    return undefined;
  }
}

const LIMITS: readonly ErrorCode[] = ['ERR_ENTRY_TOO_LARGE', 'ERR_SCRIPT_ANALYSIS'];
