import { posix } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { codeFrame } from '#handler/code-frame.js';
import type { PythonAnalysis } from '#handler/python/analyse-python.js';
import type { ContextUse } from '#handler/python/context-uses.js';
import type { PythonModule } from '#handler/python/python-module.js';
import { type ManifestReference, readReference, resolveReference } from '#handler/resolve.js';
import type { ScriptAnalyst } from '#handler/script-analyst.js';
import type { ScriptAnalysis } from '#handler/script-module.js';
import { objectAt } from '#json-object.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { openSourceMap, type Shown, type SourceMap } from './source-map.js';

/** A handler of more than this is not written by hand; a bundle with its dependencies may be some megabytes. */
const PYTHON_LIMIT = 512 * 1024;
const SCRIPT_LIMIT = 16 * 1024 * 1024;

/** What the manifest's `model.handler` points to. */
export interface ResolvedHandler extends ManifestReference {
  /** The candidate that is there, relative to the model directory. */
  readonly path: string | undefined;
  readonly entry: ArchiveEntry | undefined;
}

/** A Python handler, read and parsed. */
export interface PythonHandler {
  readonly reference: ResolvedHandler;
  readonly entry: string;
  readonly text: string;
  readonly analysis: PythonAnalysis;
  /** Modules and packages of the archive that it can import. */
  readonly siblings: ReadonlySet<string>;
  show(place: { line: number; column: number }): Shown;
  /** Places where the source names a path such as `mx.gpu`. */
  mentions(wanted: RegExp): readonly { readonly path: string; readonly line: number; readonly column: number }[];
  /** What it asks of its context and of `context.metrics`. */
  contextUses(): readonly ContextUse[];
}

/** A JavaScript handler, read and parsed, with its way back to the user's own source. */
export interface ScriptHandler {
  readonly reference: ResolvedHandler;
  readonly entry: string;
  readonly text: string;
  readonly analysis: ScriptAnalysis;
  readonly map: SourceMap;
}

/** The handler as a worker finds it in the archive. */
export function findHandler(archive: Archive, manifest: ManifestDocument): ResolvedHandler | undefined {
  const raw = manifest.handler;
  if (raw === undefined || raw === '') return undefined;
  const reference = readReference(raw, manifest.runtime);
  const inModelDir = (path: string) => archive.get(posix.join(manifest.modelDir, path));
  const path = resolveReference(reference, (candidate) => inModelDir(candidate) !== undefined);
  return { ...reference, path, entry: path === undefined ? undefined : inModelDir(path) };
}

/** The names of the parameters in which the servers hand over the context. */
function contextNames({ functions, classes }: PythonModule, entryPoint: string): Set<string> {
  const called = functions.filter(({ name }) => name === entryPoint).map(({ parameters }) => parameters[1]?.name);
  const methods = classes.flatMap((one) => one.methods);
  const second = methods.filter(({ name }) => name === 'handle').map(({ parameters }) => parameters[2]?.name);
  const first = methods.filter(({ name }) => name === 'initialize').map(({ parameters }) => parameters[1]?.name);
  return new Set([...called, ...second, ...first].filter((name) => name !== undefined));
}

/** Whether a class is derived from TorchServe's BaseHandler, which keeps the context. */
function keepsContext({ classes }: PythonModule): boolean {
  return classes.some(({ bases }) => bases.some((base) => /(?:^|\.)BaseHandler$/.test(base)));
}

export async function readPythonHandler(
  archive: Archive,
  reference: ResolvedHandler,
): Promise<PythonHandler | undefined> {
  if (reference.language !== 'python' || !reference.entry) return undefined;
  const { path } = reference.entry;
  const text = (await archive.bytes(reference.entry, PYTHON_LIMIT))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  const { analysePython, findMentions } = await import('#handler/python/analyse-python.js');
  const { findContextUses } = await import('#handler/python/context-uses.js');
  const folder = path.includes('/') ? path.replace(/[^/]+$/, '') : '';
  const siblings = archive.entries
    .map((entry) => entry.path)
    .flatMap((name) => [name, ...(folder && name.startsWith(folder) ? [name.slice(folder.length)] : [])]);
  const analysis = analysePython(text);
  return {
    reference,
    entry: path,
    text,
    analysis,
    contextUses: () =>
      analysis.invalid
        ? []
        : findContextUses(text, contextNames(analysis.module, reference.entryPoint), keepsContext(analysis.module)),
    mentions: (wanted) => findMentions(text, wanted),
    siblings: new Set(siblings.map((name) => /^([^/]+?)(?:\.py|\.[\w-]+\.so|\.so|\.pyd|\/)/.exec(name)?.[1] ?? '')),
    show: ({ line, column }) => ({ at: { entry: path, line, column }, frame: codeFrame(text, { line, column }) }),
  };
}

export async function readScriptHandler(
  archive: Archive,
  reference: ResolvedHandler,
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
