import { codeFrame } from '#handler/code-frame.js';
import type { PythonAnalysis } from '#handler/python/analyse-python.js';
import type { ScriptAnalyst } from '#handler/script-analyst.js';
import type { ScriptAnalysis } from '#handler/script-module.js';
import type { Archive, ArchiveEntry } from '#read/archive.js';
import type { ManifestDocument } from './manifest.js';
import { objectAt } from './manifest.js';
import { openSourceMap, type Shown, type SourceMap } from './source-map.js';

/** A handler of more than this is not written by hand; a bundle with its dependencies may be some megabytes. */
const PYTHON_LIMIT = 512 * 1024;
const SCRIPT_LIMIT = 16 * 1024 * 1024;

/** What the manifest's `model.handler` points to. */
export interface HandlerReference {
  readonly language: 'python' | 'javascript';
  /** As written: `service:handle`. */
  readonly raw: string;
  /** The part before the colon, without extension. */
  readonly module: string;
  /** The function, method or export; `handle` unless named. */
  readonly entryPoint: string;
  /** Whether the manifest names it or `handle` is assumed. */
  readonly named: boolean;
  readonly entry: ArchiveEntry | undefined;
  /** Paths that were looked for. */
  readonly candidates: readonly string[];
}

/** A Python handler, read and parsed. */
export interface PythonHandler {
  readonly reference: HandlerReference;
  readonly entry: string;
  readonly text: string;
  readonly analysis: PythonAnalysis;
  /** Modules and packages of the archive that it can import. */
  readonly siblings: ReadonlySet<string>;
  show(place: { line: number; column: number }): Shown;
  /** Places where the source names a path such as `mx.gpu`. */
  mentions(wanted: RegExp): readonly { readonly path: string; readonly line: number; readonly column: number }[];
}

/** A JavaScript handler, read and parsed, with its way back to the user's own source. */
export interface ScriptHandler {
  readonly reference: HandlerReference;
  readonly entry: string;
  readonly text: string;
  readonly analysis: ScriptAnalysis;
  readonly map: SourceMap;
}

export function findHandler(archive: Archive, manifest: ManifestDocument): HandlerReference | undefined {
  const raw = manifest.handler;
  if (raw === undefined || raw === '') return undefined;
  const [file = '', name] = splitOnce(raw);
  const language = manifest.runtime === 'nodejs' ? 'javascript' : 'python';
  const recorded = objectAt(manifest.archiver, 'handler');
  const compiled = recorded['module'];
  const exported = recorded['entryPoint'];
  const candidates = language === 'python' ? pythonCandidates(file) : scriptCandidates(file, compiled);
  const path = candidates.find((candidate) => archive.get(candidate));
  return {
    language,
    raw,
    module: file.replace(/\.(py|[cm]?[jt]s)$/, ''),
    entryPoint: language === 'javascript' && typeof exported === 'string' ? exported : (name ?? 'handle'),
    named: name !== undefined || typeof exported === 'string',
    entry: path === undefined ? undefined : archive.get(path),
    candidates,
  };
}

function splitOnce(raw: string): [string, string | undefined] {
  const at = raw.indexOf(':');
  return at < 0 ? [raw, undefined] : [raw.slice(0, at), raw.slice(at + 1)];
}

/** Both servers import the last path segment, with the model directory and the named folder on the path. */
function pythonCandidates(file: string): string[] {
  const path = file.replace(/\.py$/, '').replace(/^\.?\//, '');
  const base = path.split('/').at(-1) ?? path;
  return [...new Set([`${path}.py`, `${base}.py`, `${path}/__init__.py`, `${base}/__init__.py`])];
}

function scriptCandidates(file: string, compiled: unknown): string[] {
  const path = file.replace(/^\.\//, '');
  const base = path.replace(/\.[cm]?[jt]s$/, '');
  return [
    ...new Set([...(typeof compiled === 'string' ? [compiled] : []), `${base}.mjs`, `${base}.js`, `${base}.cjs`, path]),
  ];
}

export async function readPythonHandler(
  archive: Archive,
  reference: HandlerReference,
): Promise<PythonHandler | undefined> {
  if (reference.language !== 'python' || !reference.entry) return undefined;
  const { path } = reference.entry;
  const text = (await archive.bytes(reference.entry, PYTHON_LIMIT))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  const { analysePython, findMentions } = await import('#handler/python/analyse-python.js');
  const folder = path.includes('/') ? path.replace(/[^/]+$/, '') : '';
  const siblings = archive.entries
    .map((entry) => entry.path)
    .flatMap((name) => [name, ...(folder && name.startsWith(folder) ? [name.slice(folder.length)] : [])]);
  return {
    reference,
    entry: path,
    text,
    analysis: analysePython(text),
    mentions: (wanted) => findMentions(text, wanted),
    siblings: new Set(siblings.map((name) => /^([^/]+?)(?:\.py|\.[\w-]+\.so|\.so|\.pyd|\/)/.exec(name)?.[1] ?? '')),
    show: ({ line, column }) => ({ at: { entry: path, line, column }, frame: codeFrame(text, { line, column }) }),
  };
}

export async function readScriptHandler(
  archive: Archive,
  reference: HandlerReference,
  manifest: ManifestDocument,
  analyst: ScriptAnalyst,
): Promise<ScriptHandler | undefined> {
  if (reference.language !== 'javascript' || !reference.entry) return undefined;
  const { path } = reference.entry;
  const text = (await archive.bytes(reference.entry, SCRIPT_LIMIT)).toString('utf8');
  const recorded = objectAt(manifest.archiver, 'handler')['sourceMap'];
  const mapEntry = archive.get(typeof recorded === 'string' ? recorded : `${path}.map`);
  const [analysis, map] = await Promise.all([
    analyst.analyse(text, path.split('/').at(-1) ?? 'handler.mjs'),
    mapEntry && archive.bytes(mapEntry, SCRIPT_LIMIT),
  ]);
  return { reference, entry: path, text, analysis, map: await openSourceMap(path, text, map?.toString('utf8')) };
}
