import type { ArchiveEntry } from '#archive/archive.js';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { isBuiltin, SERVICE_CONFIG } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { beside } from '#inside.js';
import { isObject, type JsonObject } from '#json-object.js';
import type { OnnxModel } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import type { ConvertOptions } from '../options.js';
import type { Source } from '../source.js';

/** What a server with a runtime for ONNX gets of the model. */
export interface SourceModel {
  /** Path below the model's folder. */
  readonly path: string;
  readonly model: OnnxModel;
  /** Files with weights, by their path beside the model. */
  readonly beside: readonly string[];
  /** `service.json`, where a ready-made service reads it; else empty. */
  readonly service: JsonObject;
}

/** The ONNX model of an archive, or why there is none to take. */
export async function modelOf(
  source: Source,
  options: ConvertOptions,
): Promise<SourceModel | { readonly reasons: readonly string[] }> {
  const service = await serviceConfig(source);
  const chosen = choose(source, options.model, service);
  if (typeof chosen !== 'string') return chosen;
  const entry = source.archive.get(source.entryAt(chosen));
  if (entry === undefined) return { reasons: [`The archive has no ${chosen}, which is named as its model.`] };
  const model = await read(source, entry);
  if (model instanceof MarError) return { reasons: [`${chosen}: ${model.message}`] };
  const locations = [...new Set(model.initializers.flatMap(({ external }) => (external ? [external.location] : [])))];
  const reasons = locations.flatMap((location) => faultOf(source, chosen, location));
  return reasons.length > 0 ? { reasons } : { path: chosen, model, beside: locations, service };
}

/** The model under a new name in `folder`, its weights beside it. */
export async function modelFiles(
  source: Source,
  { path, beside: locations }: SourceModel,
  folder: string,
): Promise<FileEntry[]> {
  const files = [source.file(path, `${folder}model.onnx`)];
  for (const location of locations) files.push(source.file(beside(path, location) ?? location, `${folder}${location}`));
  return Promise.all(files);
}

function choose(
  { paths, document }: Source,
  asked: string | undefined,
  service: JsonObject,
): string | { readonly reasons: readonly string[] } {
  if (asked !== undefined) return asked;
  const named = [service['model'], document.model['serializedFile']].find(
    (name) => typeof name === 'string' && /\.onnx$/i.test(name),
  );
  if (typeof named === 'string') return beside(SERVICE_CONFIG, named) ?? named;
  const models = paths.filter((path) => /\.onnx$/i.test(path));
  const [only] = models;
  if (only !== undefined && models.length === 1) return only;
  if (models.length > 1)
    return {
      reasons: [
        `The archive has ${models.length} ONNX files, and nothing says which one is the model: ${models.join(', ')}. Name it with --model.`,
      ],
    };
  const others = paths.filter((path) => /\.(pt2?|pth|params|h5|pb|safetensors|pkl|joblib)$/i.test(path));
  return {
    reasons: [
      others.length > 0
        ? `The archive has no ONNX file; ${others.slice(0, 5).join(', ')} would have to be exported to ONNX first.`
        : 'The archive has no ONNX file: what it answers is in its handler alone.',
    ],
  };
}

async function read({ archive }: Source, entry: ArchiveEntry): Promise<OnnxModel | MarError> {
  const reader = await archive.reader(entry);
  try {
    return await readOnnx(reader);
  } catch (error) {
    if (error instanceof MarError) return error;
    throw error;
  } finally {
    await reader.close();
  }
}

/** What stands against a file of weights: it leads out of the model's folder, is not there, or takes the name of another. */
function faultOf({ paths }: Source, model: string, location: string): string[] {
  const path = beside(model, location);
  const isBelow = beside('model.onnx', location) === location && location !== '' && !location.includes('\\');
  if (path === undefined || !isBelow)
    return [`${model} has weights in ${location}, which is not a file in its own folder or below.`];
  if (!paths.includes(path)) return [`${model} has weights in ${location}, and the archive has no ${path}.`];
  return location === 'model.onnx'
    ? [`${model} has weights in a file called model.onnx, which is the model's own name there.`]
    : [];
}

async function serviceConfig({ archive, document, entryAt }: Source): Promise<JsonObject> {
  const entry = archive.get(entryAt(SERVICE_CONFIG));
  if (!entry || document.runtime !== 'nodejs' || !isBuiltin(document.handler ?? '')) return {};
  try {
    const value: unknown = JSON.parse((await archive.bytes(entry)).toString('utf8'));
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
