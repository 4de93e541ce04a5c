import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { type Extensions, MANIFEST_PATH, RUNTIMES, type Runtime } from '#manifest/manifest.js';
import { readManifestFile } from '#manifest/manifest-json.js';

/** What the runner needs to know of a manifest; unlike the packer it takes what the peers take. */
export interface ServedManifest {
  /** Where the handler lies: the archive's folder, or the nested one of an archive in the 0.4 layout. */
  readonly modelDir: string;
  readonly modelName?: string;
  readonly modelVersion?: string;
  readonly handler?: string;
  /** Path in the archive of the Python requirements. */
  readonly requirementsFile?: string;
  /** Undefined when the manifest names one that does not exist. */
  readonly runtime?: Runtime;
  /** Present with an empty name when `engine` has none. */
  readonly engine?: { readonly engineName: string };
  readonly extensions: Extensions;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the manifest of an unpacked archive the way Multi Model Server does: `MAR-INF/MANIFEST.json`, else the 0.4 manifest
 * at the top or one folder down, else an empty one. Throws `ERR_MODEL_INVALID`.
 */
export async function readServedManifest(dir: string): Promise<ServedManifest> {
  const current = await readFields(join(dir, MANIFEST_PATH));
  if (current) return fromCurrent(dir, current);
  const legacyPath = await findLegacyManifest(dir);
  if (legacyPath === undefined) return { modelDir: dir, runtime: 'python', extensions: {} };
  const legacy = await readFields(legacyPath);
  return fromLegacy(dirname(legacyPath), legacy ?? {});
}

function fromCurrent(modelDir: string, fields: Fields): ServedManifest {
  const model = fields['model'];
  if (!isFields(model) && model !== undefined) throw invalid('Missing Model entry in manifest file.');
  const section: Fields = isFields(model) ? model : {};
  const runtime = fields['runtime'] ?? 'python';
  const engine = fields['engine'];
  return {
    modelDir,
    ...text('modelName', section['modelName']),
    ...text('modelVersion', section['modelVersion']),
    ...text('handler', section['handler']),
    ...text('requirementsFile', section['requirementsFile']),
    ...(isRuntime(runtime) ? { runtime } : {}),
    ...(isFields(engine) ? { engine: { engineName: text('name', engine['engineName']).name ?? '' } } : {}),
    extensions: isFields(section['extensions']) ? section['extensions'] : {},
  };
}

/** The manifest of MMS 0.4: `Model` with `Model-Name` and `Service`, `Engine` with MXNet's version as a number. */
function fromLegacy(modelDir: string, fields: Fields): ServedManifest {
  const model = isFields(fields['Model']) ? fields['Model'] : {};
  const engine = isFields(fields['Engine']) ? fields['Engine'] : {};
  const handler = text('handler', model['Service']);
  if (handler.handler === undefined) throw invalid('Missing Service entry in MANIFEST.json');
  return {
    modelDir,
    ...text('modelName', model['Model-Name']),
    modelVersion: 'snapshot',
    ...handler,
    runtime: 'python',
    ...(typeof engine['MXNet'] === 'number' ? { engine: { engineName: 'MXNet' } } : {}),
    extensions: {},
  };
}

async function findLegacyManifest(dir: string): Promise<string | undefined> {
  const entries = (await readdir(dir, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const top = entries.find((entry) => entry.isFile() && isManifestName(entry.name));
  if (top) return join(dir, top.name);
  for (const folder of entries.filter((entry) => entry.isDirectory())) {
    const nested = (await readdir(join(dir, folder.name))).find(isManifestName);
    if (nested !== undefined && (await stat(join(dir, folder.name, nested))).isFile())
      return join(dir, folder.name, nested);
  }
  return undefined;
}

function isManifestName(name: string): boolean {
  return name.toLowerCase() === 'manifest.json';
}

async function readFields(path: string): Promise<Fields | undefined> {
  const value = await readManifestFile(path).catch((error: unknown) => {
    throw error instanceof MarError ? invalid('Failed to parse signature.json.', error.message) : error;
  });
  if (value === undefined || isFields(value)) return value;
  throw invalid('Failed to parse signature.json.', 'MANIFEST.json holds no JSON object');
}

function invalid(message: string, detail?: string): MarError {
  return new MarError(message, { code: 'ERR_MODEL_INVALID', ...(detail === undefined ? {} : { detail }) });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRuntime(value: unknown): value is Runtime {
  return RUNTIMES.some((runtime) => runtime === value);
}

/** `{ key: value }` for a string or number, else nothing. */
function text<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  const result: { [P in K]?: string } = {};
  if (typeof value === 'string' || typeof value === 'number') result[key] = String(value);
  return result;
}
