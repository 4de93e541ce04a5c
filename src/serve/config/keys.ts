/** How a value is written. `pattern` and `patterns` are regular expressions, the latter separated by commas. */
export type KeyKind = 'text' | 'count' | 'boolean' | 'pattern' | 'patterns';

export interface ConfigKey {
  readonly kind: KeyKind;
  /** As it would be written in the file; absent = unset. */
  readonly default?: string;
  /** What it does, for --print-config and the documentation; for a key without effect, why. */
  readonly about: string;
  /** False for keys of Multi Model Server that mean nothing here: setting one is reported. */
  readonly supported: boolean;
  /** True for keys that only this server has. */
  readonly ours: boolean;
}

function works(kind: KeyKind, about: string, value?: string): ConfigKey {
  return { kind, about, supported: true, ours: false, ...(value === undefined ? {} : { default: value }) };
}

function ours(kind: KeyKind, about: string, value?: string): ConfigKey {
  return { ...works(kind, about, value), ours: true };
}

function without(kind: KeyKind, why: string): ConfigKey {
  return { kind, about: why, supported: false, ours: false };
}

const NETTY = 'not supported: there is no Netty here, one event loop serves all connections';

/** Every key of a `config.properties`, in the order of --print-config. */
export const CONFIG_KEYS = {
  inference_address: works('text', 'where the inference API listens', 'http://127.0.0.1:8080'),
  management_address: works('text', 'where the management API listens', 'http://127.0.0.1:8081'),
  model_store: works('text', 'folder of archives that registrations may name'),
  load_models: works('text', 'models at start: name=SOURCE or SOURCE, separated by commas, or ALL'),
  default_workers_per_model: works(
    'count',
    'workers of a model; 0 = one per processor (or as a container’s quota allows) at start, none when registering',
    '0',
  ),
  job_queue_size: works('count', 'requests of one model that may wait for a worker', '100'),
  default_response_timeout: works('count', 'seconds a worker may take for a batch', '120'),
  default_response_timeout_seconds: works('count', 'the same; wins over default_response_timeout'),
  unregister_model_timeout: works('count', 'seconds that accepted requests may take when a model goes', '120'),
  max_request_size: works('count', 'bytes of a request body', '6553500'),
  max_response_size: works('count', 'bytes of a worker\u2019s answer', '6553500'),
  decode_input_request: works('boolean', 'workers parse JSON and text inputs', 'true'),
  default_service_handler: works('text', 'handler of archives that name none'),
  blacklist_env_vars: works('pattern', 'environment variables that workers do not get'),
  number_of_gpu: works('count', 'GPUs that workers are spread over, at most those installed; unset = all'),
  cors_allowed_origin: works('text', 'Access-Control-Allow-Origin of every answer'),
  cors_allowed_methods: works('text', 'Access-Control-Allow-Methods of every answer'),
  cors_allowed_headers: works('text', 'Access-Control-Allow-Headers of every answer'),
  private_key_file: works('text', 'PEM key for https'),
  certificate_file: works('text', 'PEM certificate chain for https'),
  keystore: works('text', 'PKCS12 file with key and certificate for https'),
  keystore_pass: works('text', 'its password', 'changeit'),
  keystore_type: works('text', 'its type; only PKCS12 works', 'PKCS12'),
  enable_envvars_config: works('boolean', 'MMS_KEY variables of the environment win over file and flags', 'false'),
  debug: works('boolean', 'one worker per model, no response timeout', 'false'),
  max_workers_per_model: ours(
    'count',
    'workers that a model may be scaled to; default four per processor, 16 and default_workers_per_model at least',
  ),
  allowed_urls: ours('patterns', 'http(s) URLs that archives may come from; unset = all'),
  allowed_hosts: ours('text', 'names besides localhost that management requests may use for this machine; * = all'),
  max_download_size: ours('count', 'bytes of an archive from a URL', '10737418240'),
  threads: ours('count', 'OMP_NUM_THREADS of each worker; unset = the environment\u2019s, else 1'),
  accelerators: ours('text', 'emulated Elastic Inference accelerators: up to five types, separated by commas'),
  accelerator_concurrency: ours('count', 'calls that an emulated accelerator runs at once', '1'),
  metrics_config: ours('text', 'TorchServe\u2019s metrics.yaml: what Python handlers find with get_metric'),
  python: ours('text', 'Python interpreter for Python archives'),
  install_requirements: ours('boolean', 'Python archives get their requirements in a cached environment', 'false'),
  sandbox: ours(
    'boolean',
    'workers in Linux namespaces of their own; where there are none the server does not start',
    'false',
  ),
  sandbox_env: ours('text', 'environment variables that workers in a sandbox get beside those of the allow list'),
  share_weights: ours(
    'boolean',
    'workers of a model map one copy of its weights, which the first of them makes; not with sandbox',
    'false',
  ),
  error_detail: ours(
    'boolean',
    'answers carry the cause of a failure below the sentence of Multi Model Server',
    'true',
  ),
  access_log: ours('boolean', 'each request is a line of the log', 'false'),
  server_timing: ours(
    'boolean',
    'answers say in Server-Timing how long they waited, how long their batch ran and how large it was',
    'false',
  ),
  shutdown_timeout: ours('count', 'seconds that accepted requests may take at shutdown', '10'),
  keep_alive_timeout: ours('count', 'seconds that an idle connection stays open', '75'),
  request_timeout: ours('count', 'seconds that a request may take to arrive', '300'),
  max_unfinished_size: ours(
    'count',
    'bytes of all request bodies together that are still arriving; default 256 MiB, or twice max_request_size',
  ),
  send_timeout: ours('count', 'seconds in which a client must take something of its answer', '60'),
  busy_poll: ours('boolean', 'the event loop polls up to 0.2 ms for the next step of short predictions', 'true'),
  key_file: ours('text', 'where the tokens are written when management leaves this machine', 'key_file.json'),
  disable_token_auth: ours('boolean', 'management beyond this machine without a token', 'false'),
  preload_model: without('boolean', 'not supported: each worker loads its own copy; nothing is forked'),
  number_of_netty_threads: without('count', NETTY),
  netty_client_threads: without('count', NETTY),
  use_native_io: without('boolean', NETTY),
  io_ratio: without('count', NETTY),
  prefer_direct_buffer: without('boolean', NETTY),
  async_logging: without('boolean', 'not supported: the log is never waited for'),
  metric_time_interval: without('count', 'not supported: no metrics are written periodically'),
  plugins_path: without('text', 'not supported: there are no Java plug-ins'),
  model_server_home: without('text', 'not supported: the worker comes with this package'),
  vmargs: without('text', 'not supported: there is no Java virtual machine'),
} as const satisfies Readonly<Record<string, ConfigKey>>;

export type ConfigKeyName = keyof typeof CONFIG_KEYS;

export const CONFIG_KEY_NAMES: readonly ConfigKeyName[] = Object.keys(CONFIG_KEYS).filter(isConfigKey);

export function isConfigKey(name: string): name is ConfigKeyName {
  return Object.hasOwn(CONFIG_KEYS, name);
}
