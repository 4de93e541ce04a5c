import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { installedGpus } from '#device/detect-machine.js';
import { attachAccelerators, visibleAccelerators } from '#device/emulated.js';
import { MarError, reasonOf } from '#errors/mar-error.js';
import type { ConfigKeyName } from './keys.js';
import { processors } from './processors.js';
import type { Config } from './resolve.js';
import type { ServerSettings, StartupModel } from './settings.js';

/** The longest that Node's timers can wait; more is meant as "no limit". */
const MAX_SECONDS = 2_147_483;

/** Bytes of bodies under way, where nothing is configured and `max_request_size` is no larger than half of it. */
const MIN_UNFINISHED = 256 * 1024 * 1024;

/** Workers that a model may have where nothing is configured, however few processors there are. */
const MIN_MAX_WORKERS = 16;

export interface SettingsContext {
  /** ARCHIVE|DIR|URL arguments and --models, which may name any path, and whether ALL is among them; undefined where `load_models` goes over them. */
  readonly given: { readonly models: readonly StartupModel[]; readonly all: boolean } | undefined;
  readonly env: ServerSettings['env'];
  readonly cwd: string;
  readonly tempDir?: string | undefined;
}

/** Turns checked values into settings. Throws `ERR_CONFIG` where two contradict each other, `ERR_MODEL_STORE` without the folder, `ERR_ACCELERATOR`. */
export async function toSettings(config: Config, context: SettingsContext): Promise<ServerSettings> {
  const text = (key: ConfigKeyName): string | undefined => config.values.get(key)?.value || undefined;
  const count = (key: ConfigKeyName): number => Number(text(key));
  const seconds = (key: ConfigKeyName): number => Math.min(count(key), MAX_SECONDS);
  const flag = (key: ConfigKeyName): boolean => text(key)?.toLowerCase() === 'true';
  const path = (key: ConfigKeyName): string | undefined => {
    const value = text(key);
    return value === undefined ? undefined : resolve(context.cwd, value);
  };
  const blacklist = text('blacklist_env_vars');
  const loadModels = text('load_models');
  const loadAll = context.given?.all ?? isAll(loadModels);
  const timeout = config.values.get('default_response_timeout_seconds')?.value
    ? ('default_response_timeout_seconds' as const)
    : ('default_response_timeout' as const);
  const settings: ServerSettings = {
    inferenceAddress: text('inference_address') ?? '',
    managementAddress: text('management_address') ?? '',
    models: context.given?.models ?? (loadAll ? [] : startupModels(loadModels)),
    loadAll,
    defaultWorkersPerModel: flag('debug') ? 1 : count('default_workers_per_model'),
    maxWorkersPerModel:
      text('max_workers_per_model') === undefined
        ? Math.max(MIN_MAX_WORKERS, 4 * processors(), count('default_workers_per_model'))
        : count('max_workers_per_model'),
    jobQueueSize: count('job_queue_size'),
    responseTimeoutSeconds: flag('debug') ? MAX_SECONDS : seconds(timeout),
    unregisterTimeoutSeconds: seconds('unregister_model_timeout'),
    shutdownTimeoutSeconds: seconds('shutdown_timeout'),
    maxRequestSize: count('max_request_size'),
    maxResponseSize: count('max_response_size'),
    maxUnfinishedSize:
      text('max_unfinished_size') === undefined
        ? Math.max(MIN_UNFINISHED, 2 * count('max_request_size'))
        : count('max_unfinished_size'),
    maxDownloadSize: count('max_download_size'),
    keepAliveTimeoutSeconds: seconds('keep_alive_timeout'),
    requestTimeoutSeconds: seconds('request_timeout'),
    sendTimeoutSeconds: seconds('send_timeout'),
    decodeInputRequest: flag('decode_input_request'),
    busyPoll: flag('busy_poll'),
    allowedUrls: (text('allowed_urls')?.split(',') ?? []).map((pattern) => new RegExp(`^(?:${pattern})$`)),
    allowedHosts: list(text('allowed_hosts')?.toLowerCase()),
    numberOfGpu: Math.min(installedGpus(), Number(text('number_of_gpu') ?? Number.POSITIVE_INFINITY)),
    keystorePass: text('keystore_pass') ?? '',
    installRequirements: flag('install_requirements'),
    sandbox: flag('sandbox'),
    shareWeights: flag('share_weights'),
    sandboxEnv: list(text('sandbox_env')),
    errorDetail: flag('error_detail'),
    accessLog: flag('access_log'),
    serverTiming: flag('server_timing'),
    disableTokenAuth: flag('disable_token_auth'),
    keyFile: path('key_file') ?? '',
    env: context.env,
    cwd: context.cwd,
    ...optional('accelerators', acceleratorsOf(text('accelerators'), count('accelerator_concurrency'), context.env)),
    ...optional('modelStore', path('model_store')),
    ...optional('threads', text('threads') === undefined ? undefined : count('threads')),
    ...optional('blacklistEnvVars', blacklist === undefined ? undefined : new RegExp(`^(?:${blacklist})$`)),
    ...optional('corsAllowedOrigin', text('cors_allowed_origin')),
    ...optional('corsAllowedMethods', text('cors_allowed_methods')),
    ...optional('corsAllowedHeaders', text('cors_allowed_headers')),
    ...optional('defaultServiceHandler', text('default_service_handler')),
    ...optional('certificateFile', path('certificate_file')),
    ...optional('privateKeyFile', path('private_key_file')),
    ...optional('keystore', path('keystore')),
    ...optional('metricsConfig', path('metrics_config')),
    ...optional('python', text('python')?.includes('/') ? path('python') : text('python')),
    ...optional('tempDir', context.tempDir),
  };
  await checkTogether(settings, text('keystore_type'));
  return settings;
}

/** Whether this stands for everything in the model store. */
export function isAll(models: string | undefined): boolean {
  return models?.toUpperCase() === 'ALL';
}

/** Those of `accelerators`; undefined without any. Throws `ERR_ACCELERATOR` and `ERR_CONFIG`. */
function acceleratorsOf(
  types: string | undefined,
  concurrency: number,
  env: ServerSettings['env'],
): ServerSettings['accelerators'] {
  if (types === undefined) return undefined;
  if (concurrency < 1) throw contradiction('accelerator_concurrency is 0; expected 1 or more.');
  const attached = attachAccelerators(types);
  const visibleDevices = env['EI_VISIBLE_DEVICES'];
  const visible = visibleAccelerators(attached, visibleDevices);
  return { attached, visible, concurrency, ...optional('visibleDevices', visibleDevices) };
}

/** `a=x.mar,y.mar` as `load_models` and --models write it; names of the model store or URLs. */
function startupModels(models: string | undefined): StartupModel[] {
  return list(models).map((item) => parseStartupModel(item, false));
}

/** What stands between the commas. */
function list(text: string | undefined): string[] {
  const items = (text ?? '').split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

/** `name=SOURCE` or `SOURCE`; a source may contain `=` only behind a name. */
export function parseStartupModel(item: string, local: boolean): StartupModel {
  const equals = item.indexOf('=');
  if (equals <= 0) return { source: item, local };
  return { name: item.slice(0, equals), source: item.slice(equals + 1), local };
}

async function checkTogether(settings: ServerSettings, keystoreType: string | undefined): Promise<void> {
  const { modelStore, loadAll, keystore, privateKeyFile, certificateFile } = settings;
  if (modelStore !== undefined) await checkModelStore(modelStore);
  if (settings.shareWeights && settings.sandbox)
    throw contradiction(
      'share_weights and sandbox are on; a worker in a sandbox writes nothing that another one reads.',
    );
  if (settings.sandboxEnv.length > 0 && !settings.sandbox)
    throw contradiction(
      `sandbox_env names ${settings.sandboxEnv.join(', ')}, but sandbox is off: workers get the whole environment.`,
    );
  if (settings.requestTimeoutSeconds < 1)
    throw contradiction('request_timeout is 0; expected 1 or more: no request and no download can arrive in no time.');
  if (loadAll && modelStore === undefined) throw contradiction('load_models is ALL, but there is no model_store.');
  if (keystore !== undefined && (privateKeyFile ?? certificateFile) !== undefined) {
    throw contradiction('keystore and private_key_file or certificate_file are given; expected one of the two.');
  }
  if ((privateKeyFile === undefined) !== (certificateFile === undefined)) {
    throw contradiction('https needs private_key_file and certificate_file; only one is given.');
  }
  if (keystore !== undefined && keystoreType?.toUpperCase() !== 'PKCS12') {
    throw contradiction(`keystore_type is ${keystoreType}; only PKCS12 can be read.`);
  }
  const { maxUnfinishedSize, maxRequestSize } = settings;
  if (maxUnfinishedSize < maxRequestSize) {
    throw contradiction(
      `max_unfinished_size is ${maxUnfinishedSize}, max_request_size ${maxRequestSize}; expected at least as much.`,
    );
  }
  const { defaultWorkersPerModel, maxWorkersPerModel } = settings;
  if (maxWorkersPerModel < Math.max(1, defaultWorkersPerModel)) {
    throw contradiction(
      `max_workers_per_model is ${maxWorkersPerModel}, default_workers_per_model ${defaultWorkersPerModel}; expected at least as many, and 1.`,
    );
  }
  const https = [settings.inferenceAddress, settings.managementAddress].some((address) => /^https:/i.test(address));
  if (https && keystore === undefined && certificateFile === undefined) {
    throw contradiction('An https address needs certificate_file and private_key_file, or keystore.');
  }
}

async function checkModelStore(path: string): Promise<void> {
  const reason = await stat(path).then(
    (info) => (info.isDirectory() ? undefined : 'it is a file, expected a folder of archives'),
    reasonOf,
  );
  if (reason === undefined) return;
  throw new MarError(`The model store ${path} cannot be used: ${reason}.`, {
    code: 'ERR_MODEL_STORE',
  });
}

function contradiction(message: string): MarError {
  return new MarError(message, { code: 'ERR_CONFIG' });
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
