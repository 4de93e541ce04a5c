/** Never handed to a worker: they configure this process, or let code in before the handler. */
const WITHHELD = /^(MAR_.*|MMS_.*|TS_.*|NODE_OPTIONS|npm_.*)$/;

/** What decides the environment of a worker. */
export interface WorkerEnvironmentSettings {
  /** This process's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that no worker sees. */
  readonly blacklistEnvVars?: RegExp | undefined;
  /** Threads of the inference library. */
  readonly threads?: number | undefined;
  /** Whether Python handlers get JSON and text decoded, or bytes. */
  readonly decodeInputRequest: boolean;
  /** TorchServe's metrics.yaml, for Python workers. */
  readonly metricsConfig?: string | undefined;
}

/**
 * The environment of the workers: this process's without the variables that `blacklist_env_vars` names,
 * plus what Multi Model Server sets (measured on MMS 1.1.11: OMP_NUM_THREADS=1 unless set, operator tuning off, the decode switch).
 */
export function workerEnvironment(settings: WorkerEnvironmentSettings): Record<string, string> {
  const result: Record<string, string> = { OMP_NUM_THREADS: '1', MXNET_USE_OPERATOR_TUNING: '0' };
  for (const [name, value] of Object.entries(settings.env)) {
    if (value === undefined || WITHHELD.test(name) || settings.blacklistEnvVars?.test(name)) continue;
    result[name] = value;
  }
  if (settings.threads !== undefined) result['OMP_NUM_THREADS'] = String(settings.threads);
  result['MMS_DECODE_INPUT_REQUEST'] = String(settings.decodeInputRequest);
  if (settings.metricsConfig !== undefined) result['MAR_METRICS_CONFIG'] = settings.metricsConfig;
  return result;
}
