import type { InputDeclarations } from './declared-inputs.js';

/** Where the manifest lives inside every archive. */
export const MANIFEST_PATH = 'MAR-INF/MANIFEST.json';

/** Bytes of a manifest at most. It is a page or two; the digests of 100,000 entries, the most an archive may have, are 15 MB. */
export const MANIFEST_LIMIT = 24 * 1024 * 1024;

/** Runtimes that a manifest may name: the servers' Python ones, ours, and TorchServe's `LSP`, which is packed but not run here. */
export type Runtime = 'python' | 'python2' | 'python3' | 'nodejs' | 'LSP';
export const RUNTIMES: readonly Runtime[] = ['python', 'python2', 'python3', 'nodejs', 'LSP'];

/**
 * `MAR-INF/MANIFEST.json`: the fields of Multi Model Server 1.0 and TorchServe, described by schemas/manifest.schema.json.
 * Both servers ignore and preserve what they do not know; ours lives in `model.extensions`.
 */
export interface Manifest {
  specificationVersion?: string;
  implementationVersion?: string;
  modelServerVersion?: string;
  description?: string;
  license?: string;
  /** Absent means `python`, as in both servers. */
  runtime?: Runtime;
  engine?: { engineName: string; engineVersion?: string };
  publisher?: { author?: string; email?: string };
  /** TorchServe: `dd/mm/yyyy hh:mm:ss`. */
  createdOn?: string;
  /** TorchServe: the version of the archiver that wrote the archive. */
  archiverVersion?: string;
  userData?: Record<string, unknown>;
  model: ModelSection;
}

export interface ModelSection {
  modelName: string;
  modelVersion?: string;
  description?: string;
  /** `file:function` without extension (MMS), or `file.py` (TorchServe). For `nodejs`: `service:handle`. */
  handler: string;
  serializedFile?: string;
  modelFile?: string;
  requirementsFile?: string;
  configFile?: string;
  extensions?: Extensions;
}

/** `model.extensions`: free for anybody; these two keys are ours. */
export interface Extensions {
  [key: string]: unknown;
  modelArchiver?: ArchiverExtension;
  eia?: EiaExtension;
}

/** What this archiver recorded while packing: `model.extensions.modelArchiver`. */
export interface ArchiverExtension {
  /** Version of the archiver that wrote the archive. */
  version: string;
  /** How the handler module came to be; present for `runtime: nodejs` and for bridged archives. */
  handler?: HandlerRecord;
  /** The handler that runs behind the Python module of `--bridge`, which `model.handler` names then. */
  bridge?: { handler: string };
  /** Modules left out of the bundle because the runner provides them, with the version compiled against. */
  provided?: Record<string, string>;
  /** What the handler declares as its inputs, by name, described by schemas/inputs.schema.json. */
  inputs?: InputDeclarations;
  /** The declared device context when it is not an Elastic Inference accelerator: `cpu` or `gpu:N`. */
  device?: { model: string; data: string; fallback?: 'cpu' | 'fail' };
  /** How it is served where nobody says otherwise. */
  serving?: Serving;
  /** Every other entry of the archive by path: size in bytes and hex SHA-256 of its content. */
  entries?: Record<string, { size: number; sha256: string }>;
}

export interface HandlerRecord {
  /** The user's file, relative to the model directory, for example `service.ts`. */
  source: string;
  /** The compiled module inside the archive, for example `service.mjs`. */
  module: string;
  /** Its source map inside the archive. */
  sourceMap?: string;
  /** The export that is called or constructed: `handle`, `default` or a class name. */
  entryPoint: string;
}

/** `model.extensions.eia`: the Elastic Inference context (fields as recorded in real archives). */
export interface EiaExtension {
  /** `eia1.medium` … `eia2.xlarge`. */
  acceleratorType: string;
  /** 1 to 5 accelerators. */
  count: number;
  /** Ordinals in use, 0-based. */
  ordinals: number[];
  framework?: string;
  frameworkVersion?: string;
  api:
    | 'mx-context'
    | 'mx-optimize-for'
    | 'tf-predictor'
    | 'tf-serving'
    | 'torch-target-device'
    | 'torch-attach'
    | 'none';
  contexts: { model: string; data: string };
  /** False when a fallback may serve instead of the accelerator. */
  required: boolean;
  fallback: 'cpu' | 'fail';
}

/** How an archive asks to be served where nobody says otherwise: `model.extensions.modelArchiver.serving`. */
export interface Serving {
  readonly workers?: number;
  /** Threads of each worker. */
  readonly threads?: number;
  readonly batchSize?: number;
  /** Milliseconds. */
  readonly maxBatchDelay?: number;
}
