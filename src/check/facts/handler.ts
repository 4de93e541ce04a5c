import { posix } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { codeFrame } from '#handler/code-frame.js';
import type { PythonAnalysis } from '#handler/python/analyse-python.js';
import type { ScriptAnalyst } from '#handler/script-analyst.js';
import type { ScriptAnalysis } from '#handler/script-module.js';
import { objectAt } from '#manifest/json-document.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
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

/** The handler as its server resolves it: Python at the first colon, our runner at the last one. */
export function findHandler(archive: Archive, manifest: ManifestDocument): HandlerReference | undefined {
  const raw = manifest.handler;
  if (raw === undefined || raw === '') return undefined;
  const language = manifest.runtime === 'nodejs' ? 'javascript' : 'python';
  const colon = language === 'python' ? raw.indexOf(':') : raw.lastIndexOf(':');
  const file = colon < 0 ? raw : raw.slice(0, colon);
  const candidates = language === 'python' ? pythonCandidates(file) : scriptCandidates(file);
  const inModelDir = (path: string) => archive.get(posix.join(manifest.modelDir, path));
  const path = candidates.find(inModelDir);
  return {
    language,
    raw,
    module: file.replace(/\.(py|[cm]?[jt]s)$/, ''),
    entryPoint: colon < 0 ? 'handle' : raw.slice(colon + 1),
    entry: path === undefined ? undefined : inModelDir(path),
    candidates,
  };
}

/** Both servers import the last path segment, with the model directory and the named folder on the path. */
function pythonCandidates(file: string): string[] {
  const path = file.replace(/\.py$/, '').replace(/^\.?\//, '');
  const base = path.split('/').at(-1) ?? path;
  return [...new Set([`${path}.py`, `${base}.py`, `${path}/__init__.py`, `${base}/__init__.py`])];
}

/** The order in which a worker of ours looks. */
function scriptCandidates(file: string): string[] {
  const path = posix.normalize(file);
  const stems = [path, path.replace(/\.[cm]?ts$/, '')];
  const paths = stems.flatMap((stem) => ['', '.mjs', '.js', '.cjs'].map((extension) => stem + extension));
  return [...new Set(paths.filter((candidate) => /\.[cm]?js$/.test(candidate)))];
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
