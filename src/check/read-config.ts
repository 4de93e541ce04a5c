import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MarError, systemCode } from '#errors/mar-error.js';
import { JsonDocument } from '#manifest/json-document.js';
import { schemaCheck } from '#schema.js';
import type { ValidateOptions } from './options.js';

/** The options that a file may set. */
export type Configuration = Pick<
  ValidateOptions,
  'target' | 'ignore' | 'severity' | 'allowImport' | 'strict' | 'maxWarnings' | 'run'
>;

/**
 * Options from a configuration file, described by schemas/validate-config.schema.json.
 * Throws `ERR_CONFIG` with line and column of the first mistake.
 */
export async function readConfig(cwd: string, path: string): Promise<Configuration> {
  const json = new JsonDocument(await readText(cwd, path));
  if (json.fault) throw mistake(path, json.fault.message, json.fault.at);
  const [twice] = json.duplicateKeys();
  if (twice) throw mistake(path, `${twice.pointer} stands there twice`, twice.at);
  const value: unknown = json.value;
  assertConfig(value, path, json);
  return value;
}

function assertConfig(value: unknown, path: string, json: JsonDocument): asserts value is Configuration {
  const problem = schemaCheck('validate-config')(value)[0];
  if (problem) throw mistake(path, `${problem.pointer || 'the file'} ${problem.message}`, json.locate(problem.pointer));
}

async function readText(cwd: string, path: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, path), 'utf8');
  } catch (error) {
    throw new MarError(`the configuration ${path} cannot be read: ${systemCode(error) ?? String(error)}`, {
      code: 'ERR_CONFIG',
      cause: error,
    });
  }
}

function mistake(path: string, message: string, { line, column }: { line: number; column: number }): MarError {
  return new MarError(`${path}:${line}:${column}: ${message}`, {
    code: 'ERR_CONFIG',
    hint: 'schemas/validate-config.schema.json describes the file',
  });
}
