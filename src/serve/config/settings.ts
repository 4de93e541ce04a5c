import type { EmulatedAccelerator } from '#device/emulated.js';
import type { SourceHeaders } from './source-headers.js';

/** A model to load at start: `name=SOURCE` or just `SOURCE`. */
export interface StartupModel {
  readonly name?: string;
  /** A file or folder in the model store, an http(s) URL or, from the command line only, any path. */
  readonly source: string;
  /** True where the source may be a path outside the model store. */
  readonly local: boolean;
}

/** Everything the server can be told. `config/` makes one of these from defaults, file, environment and flags. */
export interface ServerSettings {
  /** `http://HOST:PORT`, `https://HOST:PORT` or `unix:/PATH`; port 0 takes a free one. */
  readonly inferenceAddress: string;
  readonly managementAddress: string;
  readonly modelStore?: string;
  readonly models: readonly StartupModel[];
  /** Loads everything in the model store; what fails is a warning. */
  readonly loadAll: boolean;
  /** Workers of a model that does not say; 0 = none when registering, one per processor at start. */
  readonly defaultWorkersPerModel: number;
  /** Workers that a model may be scaled to. */
  readonly maxWorkersPerModel: number;
  /** OMP_NUM_THREADS of each worker; without it the environment's value, else 1. */
  readonly threads?: number;
  readonly jobQueueSize: number;
  readonly responseTimeoutSeconds: number;
  /** How long an unregistration or a scaling down lets accepted requests finish. */
  readonly unregisterTimeoutSeconds: number;
  /** How long a shutdown lets accepted requests finish. */
  readonly shutdownTimeoutSeconds: number;
  /** Bytes, inclusive. */
  readonly maxRequestSize: number;
  readonly maxResponseSize: number;
  /** Bytes of all request bodies together that are still arriving; at least `maxRequestSize`. */
  readonly maxUnfinishedSize: number;
  /** Bytes of a downloaded archive. */
  readonly maxDownloadSize: number;
  /** How long an idle connection stays open. */
  readonly keepAliveTimeoutSeconds: number;
  /** How long a request may take to arrive; its headers at most 20 seconds. */
  readonly requestTimeoutSeconds: number;
  /** How long a client may take nothing of its answer; 0 = for ever. */
  readonly sendTimeoutSeconds: number;
  /** Polls for the next step of short predictions instead of sleeping; see `BusyPoll`. */
  readonly busyPoll: boolean;
  /** Names in lower case that management requests may use for this machine; `*` = all. */
  readonly allowedHosts: readonly string[];
  readonly corsAllowedOrigin?: string;
  readonly corsAllowedMethods?: string;
  readonly corsAllowedHeaders?: string;
  /** False hands every input over as bytes. */
  readonly decodeInputRequest: boolean;
  /** TorchServe's metrics.yaml, whose `model_metrics` Python handlers find in the cache. */
  readonly metricsConfig?: string;
  /** Names of environment variables that workers do not get; matched against the whole name. */
  readonly blacklistEnvVars?: RegExp;
  /** http(s) URLs that models may come from; a URL must match one of them from start to end. */
  readonly allowedUrls: readonly RegExp[];
  readonly numberOfGpu: number;
  /** Absent where none is emulated. */
  readonly accelerators?: {
    readonly attached: readonly EmulatedAccelerator[];
    /** As EI_VISIBLE_DEVICES lets handlers see them: `eia:0` is the first. */
    readonly visible: readonly EmulatedAccelerator[];
    /** Calls that each runs at once, 1 or more. */
    readonly concurrency: number;
    /** EI_VISIBLE_DEVICES as it is set. */
    readonly visibleDevices?: string;
  };
  readonly defaultServiceHandler?: string;
  readonly certificateFile?: string;
  readonly privateKeyFile?: string;
  readonly keystore?: string;
  readonly keystorePass: string;
  readonly python?: string;
  /** Installs the requirements of Python archives into cached virtual environments. */
  readonly installRequirements: boolean;
  /** Runs every worker in namespaces of its own. */
  readonly sandbox: boolean;
  /** Variables that workers in a sandbox get beside those of the allow list. */
  readonly sandboxEnv: readonly string[];
  /** Workers of one server map one copy of an ONNX model's weights. */
  readonly shareWeights: boolean;
  /** Adds the cause of a failure to Multi Model Server's message. */
  readonly errorDetail: boolean;
  /** Logs each request. */
  readonly accessLog: boolean;
  /** Says in each prediction's answer how the time was spent. */
  readonly serverTiming: boolean;
  /** Where per-run directories are made; default: the system's. */
  readonly tempDir?: string;
  /** Management beyond this machine needs no token. */
  readonly disableTokenAuth: boolean;
  /** Where the tokens are written, absolute. */
  readonly keyFile: string;
  /** What downloads of some hosts are asked with. */
  readonly sourceHeaders?: SourceHeaders | undefined;
  /** Where the configuration was read, absolute, if there is one. */
  readonly configFile?: string;
  /** Base of relative paths. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
