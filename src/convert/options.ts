/** Where an archive can be converted to. */
export const CONVERT_TARGETS = ['torchserve', 'mms', 'sagemaker-tar', 'triton', 'mlserver', 'kserve'] as const;
export type ConvertTarget = (typeof CONVERT_TARGETS)[number];

/** The servers behind KServe that a conversion can be for. */
export const KSERVE_RUNTIMES = ['triton', 'torchserve'] as const;
export type KserveRuntime = (typeof KSERVE_RUNTIMES)[number];

/** Where an archive goes, and what it is to be served with there. Relative paths start at the working directory. */
export interface ConvertOptions {
  readonly to: ConvertTarget;
  /** The file or directory to write; NAME-TARGET beside the archive unless told otherwise. */
  readonly out?: string;
  /** Replaces an earlier conversion at `out`. Never the archive itself, and no file that a conversion does not write. */
  readonly force?: boolean;
  /** For triton, mlserver and kserve: the ONNX file of the archive, where it does not follow from the manifest. */
  readonly model?: string;
  /** Rows of a batch, over what the archive asks for. */
  readonly batchSize?: number;
  /** Milliseconds that a batch waits for more requests, over what the archive asks for. */
  readonly maxBatchDelay?: number;
  /** Workers, over what the archive asks for. */
  readonly workers?: number;
  /** Threads of each worker, over what the archive asks for. */
  readonly threads?: number;
  /** For a Node handler: where the server gets Node from, as of `pack`. */
  readonly bridgeNode?: 'pip' | 'bundled';
  /** For a Node handler: platforms whose native modules go into the archive, as of `pack`. */
  readonly vendor?: string;
  /** For kserve: where the written storage folder will lie, such as `s3://bucket/model`. */
  readonly storageUri?: string;
  /** For kserve: the server; by default triton where the archive only runs its model, else torchserve. */
  readonly kserveRuntime?: KserveRuntime;
  /** For kserve: name of the resource; default the model's, made valid. */
  readonly name?: string;
  /** For kserve: processors, memory and GPUs to request, as Kubernetes writes quantities; nothing is requested unless given. */
  readonly cpu?: string;
  readonly memory?: string;
  readonly gpu?: number;
  readonly signal?: AbortSignal;
}
