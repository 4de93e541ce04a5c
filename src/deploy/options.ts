/** Where the files of a deployment go. */
export interface DeployOptions {
  /** The directory for them, made where it is missing; default NAME-docker, NAME-kserve or NAME-sagemaker in the working directory. */
  readonly out?: string;
  /** Replaces files of the same names. */
  readonly force?: boolean;
  /** Relative paths start here; default the process's directory. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** What a KServe InferenceService needs that no archive says. */
export interface KserveOptions extends DeployOptions {
  /** The image of `mar deploy docker`, where the cluster pulls it: `registry/name:tag`. */
  readonly image: string;
  /** Name of the resource; default the model's, made valid. */
  readonly name?: string;
  readonly namespace?: string;
  /** Workers of the container; default 1. */
  readonly workers?: number;
  /** Requests of resources, as Kubernetes writes them: `500m`, `512Mi`. */
  readonly cpu?: string;
  readonly memory?: string;
  /** Runs the archive, contained as `validate --run` does, and requests the memory that it takes. Not with `memory`. */
  readonly measure?: boolean;
}

/** What a SageMaker endpoint needs that no archive says. */
export interface SagemakerOptions extends DeployOptions {
  /** URI of the container image in a registry that SageMaker reaches. */
  readonly image: string;
  /** ARN of the role that the endpoint runs as. */
  readonly role: string;
  /** Where the tarball will lie: `s3://BUCKET/KEY.tar.gz`. */
  readonly modelData: string;
  /** `ml.m5.large`. */
  readonly instanceType: string;
  /** Default 1. */
  readonly instanceCount?: number;
  /** Name of model, configuration and endpoint; default the model's, made valid. */
  readonly name?: string;
}

/** The files of a deployment. */
export interface Deployment {
  readonly archive: string;
  readonly modelName: string;
  readonly to: 'docker' | 'kserve' | 'sagemaker';
  /** The directory, absolute. */
  readonly directory: string;
  /** Their names in it, in the order of use. */
  readonly files: readonly string[];
  /** What was decided or left out, a sentence each. */
  readonly notes: readonly string[];
  /** The commands that come next, to be run in the directory. */
  readonly next: readonly string[];
}

/** What an archive was seen to take: resident memory of one worker in bytes. */
export interface MeasuredUse {
  readonly workerBytes: number;
  /** Requests that the worker had had then. */
  readonly requests: number;
}
