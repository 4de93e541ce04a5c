import { resolve } from 'node:path';
import process from 'node:process';
import type { ReadProgress } from '#archive/watched.js';
import { MarError } from '#errors/mar-error.js';
import type { Log } from '../log.js';
import type { ConfigKeyName } from './keys.js';
import { type Config, configPath, resolveConfig } from './resolve.js';
import type { ServerSettings } from './settings.js';
import { readSourceHeaders } from './source-headers.js';
import { isAll, parseStartupModel, toSettings } from './to-settings.js';

/** Options of `serve`: the camelCase of the flags of `mar serve` and `mar serve-local`. */
export interface ServeOptions {
  /** Archives, model directories or URLs to load, by any path. */
  readonly archives?: readonly string[];
  /** `name=SOURCE`: a path, a URL or a name in the model store. `ALL` loads the model store. */
  readonly models?: readonly string[];
  readonly modelStore?: string;
  readonly inferenceAddress?: string;
  /** Port of the inference API, the next one for management; 0 takes free ones. Not with `inferenceAddress`. */
  readonly port?: number;
  /** Address of this machine where the inference API listens; default 127.0.0.1, where management stays. Not with `inferenceAddress`. */
  readonly host?: string;
  readonly managementAddress?: string;
  /**
   * As `mar serve` is: where nothing else is said, requests are logged and answers carry no causes; and an API that other machines reach
   * has to be asked for by an option, not by a file or a variable (`ERR_ADDRESS_NOT_ASKED`).
   */
  readonly container?: boolean;
  /** Seconds that accepted requests may take when the server ends. */
  readonly shutdownTimeout?: number;
  /** Workers per model; default one per processor. */
  readonly workers?: number;
  /** Workers that a model may be scaled to; default four per processor, and 16 at least. */
  readonly maxWorkers?: number;
  /** OMP_NUM_THREADS of each worker. */
  readonly threads?: number;
  /** Emulated Elastic Inference accelerators: `eia1.medium,eia2.large`, at most five. EI_VISIBLE_DEVICES of `env` hides and renumbers them. */
  readonly accelerators?: string;
  /** Calls that each of them runs at once; default 1, as on the real ones. */
  readonly acceleratorConcurrency?: number;
  /** A config.properties; else MMS_CONFIG_FILE or ./config.properties. */
  readonly mmsConfig?: string;
  readonly python?: string;
  readonly installRequirements?: boolean;
  /** Runs workers in Linux namespaces of their own; `ERR_SANDBOX` where the system grants none. */
  readonly sandbox?: boolean;
  /** Environment variables that workers in a sandbox get beside those of the allow list. */
  readonly sandboxEnv?: readonly string[];
  /** False: answers carry Multi Model Server's sentence alone. */
  readonly errorDetail?: boolean;
  /** Logs each request as an event `access`. */
  readonly accessLog?: boolean;
  /** Answers of predictions say in `Server-Timing` how long they waited and ran, and the size of their batch. */
  readonly serverTiming?: boolean;
  /** `Name: value`: headers that the hosts of the archives' and models' URLs are asked with, and no other host. */
  readonly sourceHeader?: readonly string[];
  /** Base of relative paths; default the process's directory. */
  readonly cwd?: string;
  /** Default: the process's environment. */
  readonly env?: ServerSettings['env'];
  /** Where the directory of this run is made; default the system's temporary directory. */
  readonly tempDir?: string;
  readonly onLog?: Log;
  /**
   * Hears how far the models of the start are: bytes downloaded, unpacked and compared, of all of them together. `bytes` never goes
   * back; `totalBytes` grows when a further step begins. A download of unknown size is not counted, nor are later registrations.
   */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Aborting it ends a start under way, which then rejects; a started server is ended with `close`. */
  readonly signal?: AbortSignal;
}

/** Which key each option sets, and the flag that people see as its origin. */
const FLAGS: readonly (readonly [keyof ServeOptions, ConfigKeyName, string])[] = [
  ['modelStore', 'model_store', '--model-store'],
  ['inferenceAddress', 'inference_address', '--inference-address'],
  ['managementAddress', 'management_address', '--management-address'],
  ['shutdownTimeout', 'shutdown_timeout', '--shutdown-timeout'],
  ['workers', 'default_workers_per_model', '--workers'],
  ['maxWorkers', 'max_workers_per_model', '--max-workers'],
  ['threads', 'threads', '--threads'],
  ['accelerators', 'accelerators', '--accelerators'],
  ['acceleratorConcurrency', 'accelerator_concurrency', '--accelerator-concurrency'],
  ['python', 'python', '--python'],
  ['installRequirements', 'install_requirements', '--install-requirements'],
  ['sandbox', 'sandbox', '--sandbox'],
  ['sandboxEnv', 'sandbox_env', '--sandbox-env'],
  ['errorDetail', 'error_detail', '--no-error-detail'],
  ['accessLog', 'access_log', '--access-log'],
  ['serverTiming', 'server_timing', '--server-timing'],
];

/** Other defaults than those of the keys, for `container`. */
const IN_CONTAINERS: ReadonlyMap<ConfigKeyName, string> = new Map([
  ['error_detail', 'false'],
  ['access_log', 'true'],
]);

/** Every configuration value of these options with its origin, without starting anything. Throws `ERR_CONFIG`. */
export async function resolveServeConfig(options: ServeOptions): Promise<Config> {
  const flags = addressesOf(options);
  for (const [option, key, flag] of FLAGS) {
    const value = options[option];
    if (value !== undefined) flags.set(key, { value: String(value), flag });
  }
  const models = [...(options.archives ?? []), ...(options.models ?? [])];
  if (models.length > 0) flags.set('load_models', { value: models.join(','), flag: '--models' });
  const { env = process.env, cwd = process.cwd() } = options;
  return resolveConfig({
    flags,
    configFile: options.mmsConfig,
    env,
    cwd,
    ...(options.container && { defaults: IN_CONTAINERS }),
  });
}

/** What `host` and `port` stand for; an explicit management address goes over it. */
function addressesOf(options: ServeOptions): Map<ConfigKeyName, { value: string; flag: string }> {
  const { port, host, inferenceAddress } = options;
  const flag = host === undefined ? '--port' : '--host';
  if (port === undefined && host === undefined) return new Map();
  if (inferenceAddress !== undefined) {
    const message = `${flag} ${host ?? port} and --inference-address ${inferenceAddress} are given; expected one of the two.`;
    throw new MarError(message, { code: 'ERR_CONFIG' });
  }
  const at = (name: string, number: number): string =>
    `http://${name.includes(':') ? `[${name.replace(/^\[|\]$/g, '')}]` : name}:${number}`;
  const addresses = new Map<ConfigKeyName, { value: string; flag: string }>([
    ['inference_address', { value: at(host ?? '127.0.0.1', port ?? 8080), flag }],
  ]);
  if (port !== undefined)
    addresses.set('management_address', { value: at('127.0.0.1', port === 0 ? 0 : port + 1), flag: '--port' });
  return addresses;
}

/** The settings of a server from options, file and environment. Throws `ERR_CONFIG` and `ERR_MODEL_STORE`. */
export async function resolveServeOptions(
  options: ServeOptions,
): Promise<{ settings: ServerSettings; config: Config }> {
  const config = await resolveServeConfig(options);
  const { env = process.env, cwd = process.cwd(), tempDir } = options;
  const local = config.values.get('load_models')?.origin === '--models';
  const named = options.models ?? [];
  const models = [
    ...(options.archives ?? []).map((source) => ({ source, local: true })),
    ...named.filter((item) => !isAll(item)).map((item) => parseStartupModel(item, true)),
  ];
  const given = local ? { models, all: named.some(isAll) } : undefined;
  const settings = await toSettings(config, { given, env, cwd: resolve(cwd), tempDir });
  const sourceHeaders = readSourceHeaders(
    options.sourceHeader ?? [],
    settings.models.map(({ source }) => source),
  );
  const configFile = configPath({ env, cwd: resolve(cwd), configFile: options.mmsConfig });
  return { settings: { ...settings, sourceHeaders, configFile }, config };
}
