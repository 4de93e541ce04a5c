import type { Manifest } from './manifest.js';

/** What a manifest of Multi Model Server 0.4 says, in the fields of today's. */
export interface LegacyManifest {
  /** `Model.Service`, for example `noop_service.py`. */
  readonly handler?: string;
  readonly modelDescription?: string;
  /** `model.extensions` as the real server makes them when it migrates: the files of the MXNet model. */
  readonly extensions: { readonly symbolFile?: string; readonly parametersFile?: string };
  readonly fields: Pick<Manifest, 'description' | 'license' | 'engine' | 'publisher'>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a parsed 0.4 manifest; undefined when it is not one (it has no `Model` object). */
export function readLegacyManifest(value: unknown): LegacyManifest | undefined {
  if (!isFields(value)) return undefined;
  const model = value['Model'];
  if (!isFields(model)) return undefined;
  const engine = isFields(value['Engine']) ? value['Engine'] : {};
  const author = isFields(value['Created-By']) ? value['Created-By'] : {};
  return {
    ...text('handler', model['Service']),
    ...text('modelDescription', model['Description']),
    extensions: { ...text('symbolFile', model['Symbol']), ...text('parametersFile', model['Parameters']) },
    fields: {
      ...(engine['MXNet'] !== undefined && {
        engine: { engineName: 'MXNet', ...text('engineVersion', engine['MXNet']) },
      }),
      ...text('license', value['License']),
      ...text('description', value['Model-Archive-Description']),
      ...(Object.keys(author).length > 0 && {
        publisher: { ...text('author', author['Author']), ...text('email', author['Author-Email']) },
      }),
    },
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{ key: value }` for a string or number, else nothing. */
function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  if (typeof value === 'string' || typeof value === 'number') result[key] = String(value);
  return result;
}
