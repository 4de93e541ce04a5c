import { readFileSync } from 'node:fs';
import { PACK_FORMATS } from '#archive/formats.js';
import { MarError } from '#errors/mar-error.js';
import type { Serving } from '#manifest/manifest.js';
import { didYouMean } from '#nearest.js';
import { ownFile } from '#own-files.js';
import type { PackConfig } from './load-config.js';
import type { PackOptions } from './options.js';

/** What an option may be: its type in words, or some words to choose from. */
type Kind = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'function' | 'list' | readonly string[];

/** The options of the moment, which no configuration file has. */
const OF_THE_MOMENT: Readonly<Record<Exclude<keyof PackOptions, keyof PackConfig>, Kind>> = {
  cwd: 'string',
  dryRun: 'boolean',
  sourceDateEpoch: 'number',
  signal: 'object',
  onProgress: 'function',
};

/**
 * Holds the options of a call to schemas/pack-config.schema.json, for callers without TypeScript. Throws `ERR_OPTION` naming
 * the option. The schema is so flat that it is read as it stands: compiling it would take a tenth of a second of every build.
 */
export function checkOptions(options: PackOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid('The options of pack are missing', 'an object');
  if (options.modelName === undefined) throw invalid('The option modelName is missing', 'the name of the model');
  const kinds = new Map([...Object.entries(configured()), ...Object.entries(OF_THE_MOMENT)]);
  kinds.set(
    'archiveFormat',
    PACK_FORMATS.map((form) => form.name),
  );
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds.get(name);
    if (kind === undefined) {
      throw invalid(`pack has no option ${name}${didYouMean(name, kinds.keys())}`, 'one that PackOptions declares');
    }
    if (value !== undefined) checkValue(name, kind, value);
  }
  const { serving, record } = options;
  if (serving === undefined) return;
  checkServing(serving);
  if (record === false) throw invalid('record is false and serving is given, which is a part of it', 'one of the two');
}

/** The least of each number. */
const SERVING: Readonly<Record<keyof Serving, number>> = { workers: 1, threads: 1, batchSize: 1, maxBatchDelay: 0 };

function checkServing(serving: Serving): void {
  for (const [name, value] of Object.entries(serving)) {
    const least = Object.entries(SERVING).find(([known]) => known === name)?.[1];
    if (least === undefined)
      throw invalid(`serving has no ${name}${didYouMean(name, Object.keys(SERVING))}`, Object.keys(SERVING).join(', '));
    if (!Number.isInteger(value) || value < least)
      throw invalid(`serving.${name} is ${JSON.stringify(value)}`, `a whole number from ${least}`);
  }
}

interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type: string };
}

/** What the schema says of each option. */
function configured(): Record<string, Kind> {
  const { properties }: { properties: Record<string, OptionSchema> } = JSON.parse(
    readFileSync(ownFile('schemas/pack-config.schema.json'), 'utf8'),
  );
  const { $schema: _, ...options } = properties;
  return Object.fromEntries(Object.entries(options).map(([name, schema]) => [name, kindOf(name, schema)]));
}

function kindOf(name: string, { type, enum: choices, items }: OptionSchema): Kind {
  if (choices !== undefined) return choices;
  if (type === 'string' || type === 'boolean' || type === 'integer' || type === 'object') return type;
  if (type === 'array' && items?.type === 'string') return 'list';
  throw new TypeError(`the schema of the option ${name} says more than is read here`);
}

function checkValue(name: string, kind: Kind, value: unknown): void {
  const found = `The option ${name} is ${typeof value === 'string' ? `'${value}'` : String(value)}`;
  if (typeof kind !== 'string') {
    if (typeof value === 'string' && kind.includes(value)) return;
    throw invalid(`${found}${didYouMean(String(value), kind)}`, kind.map((choice) => `'${choice}'`).join(', '));
  }
  if (kind === 'list') {
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return;
    throw invalid(found, 'a list of strings');
  }
  const fits = kind === 'integer' ? Number.isInteger(value) : typeof value === kind && !Number.isNaN(value);
  if (!fits || value === null) throw invalid(found, kind === 'integer' ? 'a whole number' : `a value of type ${kind}`);
}

function invalid(found: string, expected: string): MarError {
  return new MarError(`${found}; expected ${expected}.`, { code: 'ERR_OPTION' });
}
