import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltinName, builtin, COMMON_KEYS, SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { schemaCheck } from '#schema.js';
import type { Context } from '../context.js';
import type { ImageOptions } from '../image/image-options.js';
import type { BatchSetting } from '../onnx/batching.js';

/** `service.json` of an archive, described by schemas/service.schema.json. */
export interface ServiceConfig {
  readonly model?: string;
  readonly batch?: BatchSetting;
  readonly image?: ImageConfig;
  readonly classes?: ClassesConfig;
  readonly boxes?: BoxesConfig;
  readonly text?: { readonly tokenizer?: string; readonly maxLength?: number };
}

export interface ImageConfig extends Omit<ImageOptions, 'size' | 'type' | 'fit' | 'region' | 'multipleOf'> {
  readonly fit?: 'crop' | 'stretch' | 'letterbox';
  readonly width?: number;
  readonly height?: number;
}

export interface ClassesConfig {
  readonly labels?: string | readonly string[];
  readonly top?: number;
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  readonly output?: string;
}

export interface BoxesConfig {
  readonly format?: 'separate' | 'rows' | 'columns' | 'grid' | 'detections';
  readonly strides?: readonly number[];
  readonly coordinates?: 'corners' | 'centre';
  readonly normalized?: boolean;
  readonly boxes?: string;
  readonly scores?: string;
  readonly labels?: string;
  readonly scoreThreshold?: number;
  readonly overlapThreshold?: number;
  readonly limit?: number;
}

/**
 * The configuration of a built-in service, empty when the archive has none. A section that the service does not read would have
 * no effect and is refused like everything else that breaks the schema, `ERR_SERVICE_CONFIG`.
 */
export async function readServiceConfig(context: Context, service: BuiltinName): Promise<ServiceConfig> {
  const known: readonly string[] = [...COMMON_KEYS, ...builtin(service).sections];
  const value = await readJson(join(context.modelDir, SERVICE_CONFIG));
  const problems = schemaCheck('service')(value).map(({ pointer, message }) => `  ${pointer || '/'} ${message}`);
  const unused = Object.keys(value ?? {}).filter((key) => !known.includes(key));
  if (problems.length === 0) {
    problems.push(
      ...unused.map((key) => `  /${key} is not used by ${service}, which reads ${known.slice(1).join(', ')}`),
    );
  }
  if (problems.length === 0) return value as ServiceConfig;
  throw new MarError(`${SERVICE_CONFIG} is not a valid configuration of ${service}:\n${problems.join('\n')}`, {
    code: 'ERR_SERVICE_CONFIG',
  });
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return {};
    throw new MarError(`${SERVICE_CONFIG} cannot be read: ${messageOf(cause)}`, { code: 'ERR_SERVICE_CONFIG', cause });
  }
}
