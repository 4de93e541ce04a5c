import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';
import { isObject } from '#json-object.js';

/** A configuration of builds in the directory, and what it says where it is JSON. */
export interface ExistingConfig {
  readonly file: string;
  readonly handler?: string;
  readonly modelName?: string;
}

const FILES = ['mar.config.ts', 'mar.config.mjs', 'mar.config.json'];

/** The configuration that a build in this directory would read; `ERR_CONFIG` where it is not JSON although it says so. */
export async function readExistingConfig(
  directory: string,
  files: readonly string[],
): Promise<ExistingConfig | undefined> {
  const file = FILES.find((name) => files.includes(name));
  if (file !== undefined) return file.endsWith('.json') ? { file, ...said(await readJson(directory, file)) } : { file };
  if (!files.includes('package.json')) return undefined;
  const value = await readJson(directory, 'package.json');
  const config = isObject(value) ? value['mar'] : undefined;
  return config === undefined ? undefined : { file: 'package.json', ...said(config) };
}

function said(config: unknown): Omit<ExistingConfig, 'file'> {
  if (!isObject(config)) return {};
  const { handler, modelName } = config;
  return {
    ...(typeof handler === 'string' && { handler }),
    ...(typeof modelName === 'string' && { modelName }),
  };
}

async function readJson(directory: string, file: string): Promise<unknown> {
  const path = join(directory, file);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new MarError(`${path} is not JSON: ${messageOf(cause)}.`, { code: 'ERR_CONFIG', cause });
  }
}
