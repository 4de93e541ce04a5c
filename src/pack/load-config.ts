import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';
import { folderOf } from './files/extra-files.js';
import type { PackOptions } from './options.js';

/** What a configuration file may say: any option of a build but those of the moment. */
export type PackConfig = Omit<Partial<PackOptions>, 'cwd' | 'signal' | 'onProgress' | 'sourceDateEpoch' | 'dryRun'>;

const FILES = ['mar.config.ts', 'mar.config.mjs', 'mar.config.json', 'package.json'];
const PATHS = ['modelPath', 'exportPath', 'serializedFile', 'modelFile', 'requirementsFile', 'configFile'] as const;

/**
 * The options of the first configuration found in the directories: `mar.config.{ts,mjs,json}`, or the key `mar` of package.json.
 * Paths become absolute, starting at the file's directory, which is also the default of `modelPath`. Undefined when there is none.
 * Throws `ERR_CONFIG` naming file and field.
 */
export async function loadPackConfig(directories: readonly string[]): Promise<PackConfig | undefined> {
  for (const directory of directories) {
    for (const name of FILES) {
      const file = join(directory, name);
      const value = existsSync(file) ? await readConfig(file) : undefined;
      if (value !== undefined) return fromFile(await checked(value, file), dirname(file));
    }
  }
  return undefined;
}

async function readConfig(file: string): Promise<unknown> {
  if (!file.endsWith('.json')) return (await import('#handler/load-module.js')).loadDefaultExport(file);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new MarError(`${file} is not JSON: ${messageOf(cause)}.`, { code: 'ERR_CONFIG', cause });
  }
  if (basename(file) !== 'package.json') return value;
  return typeof value === 'object' && value !== null && 'mar' in value ? value.mar : undefined;
}

async function checked(value: unknown, file: string): Promise<PackConfig> {
  const { holdToSchema, listProblems } = await import('#schema.js');
  return holdToSchema<PackConfig>(
    'pack-config',
    value,
    (problems) =>
      new MarError(`The configuration ${file} is not valid.`, {
        code: 'ERR_CONFIG',
        detail: listProblems(problems),
      }),
  );
}

function fromFile(config: PackConfig, directory: string): PackConfig {
  const { $schema: _, ...options }: PackConfig & { readonly $schema?: string } = config;
  const { extraFiles } = options;
  const paths = PATHS.flatMap((name) => {
    const path = options[name] ?? (name === 'modelPath' && options.version === undefined ? '.' : undefined);
    return path === undefined ? [] : [[name, resolve(directory, path)] as const];
  });
  const list = extraFiles?.split(',').map((given) => {
    const { folder, item } = folderOf(given.trim(), directory);
    return `${folder === undefined ? '' : `${folder}=`}${resolve(directory, item)}${item.endsWith('/') ? '/' : ''}`;
  });
  return { ...options, ...Object.fromEntries(paths), ...(list && { extraFiles: list.join(',') }) };
}
