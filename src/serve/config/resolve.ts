import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MarError, messageOf, reasonOf, systemCode } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import { CONFIG_KEY_NAMES, CONFIG_KEYS, type ConfigKey, type ConfigKeyName, isConfigKey } from './keys.js';
import { parseProperties } from './properties.js';

/** A value and where it came from. */
export interface ConfigValue {
  readonly key: ConfigKeyName;
  /** Undefined: not set anywhere and without a default. */
  readonly value: string | undefined;
  /** `default`, `--flag`, `/path/config.properties:3`, `MMS_KEY`. */
  readonly origin: string;
}

export interface Config {
  readonly values: ReadonlyMap<ConfigKeyName, ConfigValue>;
  /** Settings that have no effect, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  /** Keys given as flags: the value and the flag's own spelling. */
  readonly flags: ReadonlyMap<ConfigKeyName, { readonly value: string; readonly flag: string }>;
  /** --mms-config; MMS_CONFIG_FILE wins over it, ./config.properties stands in for it. */
  readonly configFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** In place of the defaults of these keys. */
  readonly defaults?: ReadonlyMap<ConfigKeyName, string>;
}

/**
 * Multi Model Server's order of precedence, from weak to strong: defaults, file, flags, and `MMS_KEY` variables where the file
 * says `enable_envvars_config=true`. Throws `ERR_CONFIG` for a key that does not exist or a value of the wrong type.
 */
export async function resolveConfig(sources: ConfigSources): Promise<Config> {
  const values = new Map<ConfigKeyName, ConfigValue>();
  const warnings: string[] = [];
  const set = (key: ConfigKeyName, value: string, origin: string): void => {
    const definition: ConfigKey = CONFIG_KEYS[key];
    checkType(key, definition, value, origin);
    if (!definition.supported) warnings.push(`${key} (${origin}) has no effect: ${definition.about}.`);
    values.set(key, { key, value, origin });
  };
  for (const key of CONFIG_KEY_NAMES) {
    const definition: ConfigKey = CONFIG_KEYS[key];
    const value = sources.defaults?.get(key) ?? definition.default;
    values.set(key, { key, value, origin: value === undefined ? 'unset' : 'default' });
  }
  for (const { key, value, origin } of await readConfigFile(sources)) set(key, value, origin);
  for (const [key, { value, flag }] of sources.flags) set(key, value, flag);
  const enabled = values.get('enable_envvars_config')?.value?.toLowerCase() === 'true';
  for (const key of CONFIG_KEY_NAMES) {
    const name = `MMS_${key.toUpperCase()}`;
    const value = sources.env[name];
    if (value === undefined) continue;
    if (enabled) set(key, value, name);
    else warnings.push(`${name} has no effect: the configuration does not say enable_envvars_config=true.`);
  }
  return { values, warnings };
}

/** The absolute path of the file that is read, where it is there. */
export function configPath({ env, configFile, cwd }: Pick<ConfigSources, 'env' | 'configFile' | 'cwd'>): string {
  return resolve(cwd, env['MMS_CONFIG_FILE'] ?? configFile ?? 'config.properties');
}

async function readConfigFile(
  sources: ConfigSources,
): Promise<{ key: ConfigKeyName; value: string; origin: string }[]> {
  const named = sources.env['MMS_CONFIG_FILE'] ?? sources.configFile;
  const path = configPath(sources);
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    if (named === undefined && systemCode(error) === 'ENOENT') return [];
    const origin = sources.env['MMS_CONFIG_FILE'] === undefined ? '--mms-config' : 'MMS_CONFIG_FILE';
    throw new MarError(`The configuration file ${path} of ${origin} cannot be read: ${reasonOf(error)}.`, {
      code: 'ERR_CONFIG',
      cause: error,
    });
  }
  return parseProperties(text).map(({ key, value, line }) => {
    const origin = `${path}:${line}`;
    if (!isConfigKey(key)) {
      throw configError(`${origin}: ${key} is not a configuration key${didYouMean(key, CONFIG_KEY_NAMES)}.`);
    }
    return { key, value: substitute(value, origin, sources.env), origin };
  });
}

/** `$$NAME$$` in a file stands for a variable of the environment. */
function substitute(value: string, origin: string, env: ConfigSources['env']): string {
  return value.replaceAll(/\$\$([^$]+)\$\$/g, (_whole, name: string) => {
    const found = env[name];
    if (found === undefined) throw configError(`${origin}: the environment variable ${name} is not set.`);
    return found;
  });
}

function checkType(key: ConfigKeyName, { kind }: ConfigKey, value: string, origin: string): void {
  const wrong = (expected: string): MarError => configError(`${origin}: ${key} is "${value}"; expected ${expected}.`);
  if (kind === 'count' && !(/^\d+$/.test(value) && Number.isSafeInteger(Number(value))))
    throw wrong('a whole number, 0 or more');
  if (kind === 'boolean' && !/^(true|false)$/i.test(value)) throw wrong('true or false');
  const patterns = kind === 'pattern' ? [value] : kind === 'patterns' ? value.split(',') : [];
  for (const pattern of patterns) {
    try {
      new RegExp(pattern);
    } catch (error) {
      throw wrong(`a regular expression (${messageOf(error)})`);
    }
  }
}

function configError(message: string): MarError {
  const hint = 'mar serve-local --print-config shows every key with its value and origin.';
  return new MarError(message, { code: 'ERR_CONFIG', hint });
}
