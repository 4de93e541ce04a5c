import { isObject, type JsonObject, objectAt } from '#json-object.js';
import type { Manifest } from './manifest.js';

/** Where the fields of a migrated manifest come from, as JSON pointers; the nearest parent counts for what is not listed. */
const ORIGINS: Readonly<Record<string, string>> = {
  '/description': '/Model-Archive-Description',
  '/license': '/License',
  '/publisher': '/Created-By',
  '/publisher/author': '/Created-By/Author',
  '/publisher/email': '/Created-By/Author-Email',
  '/engine': '/Engine',
  '/engine/engineVersion': '/Engine/MXNet',
  '/model': '/Model',
  '/model/modelName': '/Model/Model-Name',
  '/model/handler': '/Model/Service',
  '/model/description': '/Model/Description',
  '/model/extensions/symbolFile': '/Model/Symbol',
  '/model/extensions/parametersFile': '/Model/Parameters',
};

/** The pointer in a 0.4 manifest from which the value at a pointer of the migrated one comes; the empty one where none does. */
export function legacyPointer(pointer: string): string {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const origin = ORIGINS[at];
    if (origin !== undefined) return origin;
  }
  return '';
}

/**
 * A manifest of 0.4 in the fields of 1.0, as Multi Model Server migrates it while it loads: its engine counts where the version
 * of MXNet is a number, and the model has the version `snapshot`. Values are taken as they are, of whatever kind.
 */
export function migrateManifest(old: JsonObject): JsonObject {
  const engine = objectAt(old, 'Engine')['MXNet'];
  const author = old['Created-By'];
  const model = old['Model'];
  return {
    ...(typeof engine === 'number' && { engine: { engineName: 'MXNet', engineVersion: String(engine) } }),
    ...renamed(old, { License: 'license', 'Model-Archive-Description': 'description' }),
    ...(isObject(author) && { publisher: renamed(author, { Author: 'author', 'Author-Email': 'email' }) }),
    runtime: 'python',
    model: isObject(model) ? migrateModel(model) : model,
  };
}

/** What `--convert` takes over from a manifest of 0.4; the rest of the new one comes from its flags. */
export interface ConvertedManifest {
  /** `Model.Service`, for example `noop_service.py`. */
  readonly handler?: string;
  readonly modelDescription?: string;
  /** The files of the MXNet model, where the real server keeps them when it migrates. */
  readonly extensions: { readonly symbolFile?: string; readonly parametersFile?: string };
  readonly fields: Pick<Manifest, 'description' | 'license' | 'engine' | 'publisher'>;
}

/** Undefined for a manifest that is not one of 0.4, or that describes no model. */
export function convertManifest({
  legacy,
  value,
  model,
}: {
  legacy: boolean;
  value: JsonObject;
  model: JsonObject;
}): ConvertedManifest | undefined {
  if (!legacy || !isObject(value['model'])) return undefined;
  const extensions = objectAt(model, 'extensions');
  const { engineName, engineVersion } = objectAt(value, 'engine');
  const publisher = objectAt(value, 'publisher');
  return {
    ...text('handler', model['handler']),
    ...text('modelDescription', model['description']),
    extensions: {
      ...text('symbolFile', extensions['symbolFile']),
      ...text('parametersFile', extensions['parametersFile']),
    },
    fields: {
      ...(typeof engineName === 'string' && { engine: { engineName, ...text('engineVersion', engineVersion) } }),
      ...text('license', value['license']),
      ...text('description', value['description']),
      ...(Object.keys(publisher).length > 0 && {
        publisher: { ...text('author', publisher['author']), ...text('email', publisher['email']) },
      }),
    },
  };
}

/** `{ key: value }` for a text or number, else nothing. */
function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  if (typeof value === 'string' || typeof value === 'number') result[key] = String(value);
  return result;
}

function migrateModel(old: JsonObject): JsonObject {
  return {
    ...renamed(old, { 'Model-Name': 'modelName', Service: 'handler', Description: 'description' }),
    modelVersion: 'snapshot',
    extensions: renamed(old, { Symbol: 'symbolFile', Parameters: 'parametersFile' }),
  };
}

/** The members that are there and not null, under their new names and in the order of those. */
function renamed(old: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => {
      const value = old[from];
      return value === undefined || value === null ? [] : [[to, value]];
    }),
  );
}
