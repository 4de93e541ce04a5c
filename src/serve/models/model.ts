import type { Runtime } from '#manifest/manifest.js';
import type { ServedManifest } from '#manifest/served.js';
import type { WorkerPool } from '../workers/worker-pool.js';
import type { ModelFiles } from './model-store.js';

/** What a registration settles once and for all. */
export interface ModelFacts {
  readonly name: string;
  /** The `url` of the registration as it may be shown, without passwords and signatures. */
  readonly url: string;
  readonly handler: string;
  readonly runtime: Runtime;
  readonly batchSize: number;
  readonly maxBatchDelayMs: number;
  /** What the archive asks for, where the settings say nothing. */
  readonly threads?: number;
  readonly responseTimeoutSeconds: number;
  readonly loadedAtStartup: boolean;
  readonly manifest: ServedManifest;
  /** Where the model lies: the folder of the unpacked archive, or the one inside it that an archive of 0.4 may have. */
  readonly modelDir: string;
}

/** A registered model: its facts, its files and its workers. */
export interface Model extends ModelFacts {
  readonly files: ModelFiles;
  readonly pool: WorkerPool;
  /** As last asked for; describe shows them. */
  minWorkers: number;
  maxWorkers: number;
}
