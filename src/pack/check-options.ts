import { MarError } from '#errors/mar-error.js';
import { RUNTIMES } from '#manifest/manifest.js';
import { didYouMean } from '#nearest.js';
import type { PackOptions } from './options.js';

/** What an option may be: a type (`list`: of strings), or one of some words. */
type Kind = 'string' | 'boolean' | 'number' | 'function' | 'object' | 'list' | readonly string[];

const KINDS: Readonly<Record<keyof PackOptions, Kind>> = {
  modelName: 'string',
  modelPath: 'string',
  handler: 'string',
  exportPath: 'string',
  runtime: RUNTIMES,
  archiveFormat: ['default', 'tgz', 'no-archive', 'zip-store'],
  force: 'boolean',
  strict: 'boolean',
  version: 'string',
  serializedFile: 'string',
  modelFile: 'string',
  extraFiles: 'string',
  requirementsFile: 'string',
  configFile: 'string',
  convert: 'boolean',
  compression: ['auto', 'store', 'deflate'],
  exclude: 'list',
  allowSecrets: 'boolean',
  record: 'boolean',
  dryRun: 'boolean',
  cwd: 'string',
  sourceDateEpoch: 'number',
  signal: 'object',
  onProgress: 'function',
  accelerator: 'string',
  acceleratorCount: 'number',
  modelContext: 'string',
  dataContext: 'string',
  acceleratorFallback: ['cpu', 'fail'],
};

/** Holds the options of a call to what they may be, for callers without TypeScript. Throws `ERR_OPTION` naming the option. */
export function checkOptions(options: PackOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('The options of pack are missing', 'an object');
  if (options.modelName === undefined) throw invalid('The option modelName is missing', 'the name of the model');
  for (const [name, value] of Object.entries(options)) {
    const kind = isOption(name) ? KINDS[name] : undefined;
    if (kind === undefined) {
      const known = didYouMean(name, Object.keys(KINDS));
      throw invalid(`pack has no option ${name}${known}`, 'one that PackOptions declares');
    }
    if (value !== undefined) checkValue(name, kind, value);
  }
}

function isOption(name: string): name is keyof PackOptions {
  return Object.hasOwn(KINDS, name);
}

function checkValue(name: string, kind: Kind, value: unknown): void {
  const found = `The option ${name} is ${typeof value === 'string' ? `'${value}'` : String(value)}`;
  if (kind === 'list') {
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
      throw invalid(found, 'a list of strings');
  } else if (typeof kind === 'string') {
    if (typeof value !== kind || value === null || Number.isNaN(value)) {
      throw invalid(found, `a value of type ${kind}`);
    }
  } else if (typeof value !== 'string' || !kind.includes(value)) {
    throw invalid(`${found}${didYouMean(String(value), kind)}`, kind.map((choice) => `'${choice}'`).join(', '));
  }
}

function invalid(found: string, expected: string): MarError {
  return new MarError(`${found}; expected ${expected}.`, { code: 'ERR_OPTION', kind: 'usage' });
}
