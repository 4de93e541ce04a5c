import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import type { OnLoadResult, PartialMessage, Plugin } from 'esbuild';
import { SCRIPT_EXTENSIONS } from '../reference.js';
import { archivePlace } from './archive-place.js';
import type { FileReference } from './file-reference.js';
import { placeDeclarations } from './place.js';
import type { OwnPlace } from './references.js';

/** Node runs no TypeScript, and takes `.js` for CommonJS in an archive: ES modules end in `.mjs` there. */
export type ScriptEnding = '.mjs' | '.js' | '.cjs';

/** What the modules of one bundle need besides themselves. */
export interface FilesBeside {
  /** Files that they read, absolute. */
  readonly data: Set<string>;
  /** Folders of the model directory that they look into: scripts there are files too. */
  readonly listed: ReadonlySet<string>;
  /** Scripts that they start as programs of their own, absolute, and the ending that each has in the archive. */
  readonly scripts: ReadonlyMap<string, ScriptEnding>;
  /** The text of each module that was changed on its way into the bundle, by its absolute path. */
  readonly originals: ReadonlyMap<string, string>;
}

const MENTIONS = /__dirname|__filename|import\s*\.\s*meta|require\s*\.\s*resolve|\bexport\s*=/;

/**
 * Gives every module of a bundle the place that it has in the archive, so that `__dirname`, `__filename`, `import.meta.url` and
 * `require.resolve` lead to the files that lie beside it there, and finds these files. `entry` becomes
 * the bundle, whose own path in the archive is `output`.
 */
export function filesBeside(
  entry: string,
  root: string,
  output: string,
): {
  readonly plugin: Plugin;
  readonly found: FilesBeside;
} {
  const found = {
    data: new Set<string>(),
    listed: new Set<string>(),
    scripts: new Map<string, ScriptEnding>(),
    originals: new Map<string, string>(),
  };
  const plugin: Plugin = {
    name: 'files-beside',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!MENTIONS.test(text)) return undefined;
        const { findReferences } = await import('./references.js');
        const place = findReferences(text, path);
        const errors: PartialMessage[] = [];
        for (const reference of place.references) errors.push(...(await take(reference, path, root, found)));
        if (errors.length > 0) return { errors };
        if (place.listsFolder) list(path, root, found);
        found.originals.set(path, text);
        const own = path === entry ? output : archivePlace(path, root);
        return { contents: placed(rewritten(text, place, found.scripts, path), own, output), ...loaderOf(path) };
      });
    },
  };
  return { plugin, found };
}

interface Found {
  readonly data: Set<string>;
  readonly listed: Set<string>;
  readonly scripts: Map<string, ScriptEnding>;
}

/** What lies beside a module that looks into its own folder. The model directory is packed anyway, but for what is compiled. */
function list(module: string, root: string, { data, listed }: Found): void {
  const folder = dirname(module);
  if (/^(node_modules|_)\//.test(archivePlace(module, root))) for (const file of filesIn(folder)) data.add(file);
  else listed.add(folder);
}

async function take(
  reference: FileReference,
  module: string,
  root: string,
  { data, scripts }: Found,
): Promise<PartialMessage[]> {
  const { path, isOpen, isRead, starts, loads, line } = reference;
  if (isOpen) {
    for (const file of openFiles(path)) data.add(file);
    return [];
  }
  const stats = statSync(path, { throwIfNoEntry: false });
  // What is loaded by its whole path is bundled.
  if (loads && isScriptFile(path)) return [];
  if (stats?.isFile() && isScript(path) && !isRead) scripts.set(path, await endingOf(path));
  else if (stats?.isFile()) data.add(path);
  else if (stats?.isDirectory() && !`${dirname(module)}/`.startsWith(`${path}/`))
    for (const file of filesIn(path)) data.add(file);
  else if (!stats && starts !== undefined) {
    const text = `${starts} starts ${archivePlace(path, root)}, which does not exist`;
    return [{ text, location: { file: archivePlace(module, root), line, lineText: '' } }];
  }
  return [];
}

/** The files that a path may be which goes on behind what is known: below a folder, or of names that begin so. */
function openFiles(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return filesIn(path).filter((file) => !isScript(file));
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return filesIn(folder).filter((file) => file.startsWith(path) && !isScript(file));
}

/** What a program does not read, and what does not belong to it. */
const NOT_DATA = /(\.d\.[cm]?ts|\.map|\.md|\.markdown|\.tsbuildinfo)$|^(LICEN[CS]E|CHANGELOG|README)/i;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(\.|node_modules$)/.test(entry.name) ? [] : filesIn(path);
    return entry.isFile() && !NOT_DATA.test(entry.name) && !entry.name.startsWith('.') ? [path] : [];
  });
}

function isScriptFile(path: string): boolean {
  return isScript(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isScript(path: string): boolean {
  return SCRIPT_EXTENSIONS.includes(extname(path)) && !/\.d\.[cm]?ts$/.test(path);
}

async function endingOf(script: string): Promise<ScriptEnding> {
  const extension = extname(script);
  if (extension === '.cjs' || extension === '.mjs') return extension;
  if (extension !== '.js') return '.mjs';
  const { isModule } = await import('./module-syntax.js');
  return isModule(await readFile(script, 'utf8'), script) ? '.mjs' : '.js';
}

/** The text with the endings that scripts have in the archive, and without a `require` of its own, which would hide its imports. */
function rewritten(
  text: string,
  { references, ownRequires, ownLoaders, exportEquals }: OwnPlace,
  scripts: ReadonlyMap<string, ScriptEnding>,
  module: string,
): string {
  const edits = new Map<number, { readonly end: number; readonly by: string }>();
  for (const [start, end] of ownRequires)
    edits.set(start, { end, by: text.slice(start, end).replaceAll(/[^\n]/g, ' ') });
  for (const [start, end] of ownLoaders) edits.set(start, { end, by: 'require' });
  if (exportEquals) edits.set(exportEquals[0], { end: exportEquals[1], by: 'export default ' });
  for (const { path, end, isOpen, loads } of references) {
    const folder = isOpen && loads ? scriptsBelow(path) : undefined;
    if (folder !== undefined && loads) {
      const [before, after] = knownFolder(relative(dirname(module), folder));
      edits.set(loads[0], { end: loads[0], by: before });
      edits.set(loads[1], { end: loads[1], by: after });
      continue;
    }
    if (loads && !isOpen && isScriptFile(path)) {
      edits.set(loads[0], { end: loads[1], by: JSON.stringify(fromFolder(relative(dirname(module), path))) });
      continue;
    }
    const ending = scripts.get(path);
    const extension = extname(path);
    if (ending === undefined || end === undefined || !text.slice(0, end).endsWith(extension)) continue;
    edits.set(end - extension.length, { end, by: ending });
  }
  const last = [...edits].sort(([a], [b]) => b - a);
  return last.reduce((before, [start, { end, by }]) => before.slice(0, start) + by + before.slice(end), text);
}

/** The folder that a path which goes on is below, if scripts lie there; not a whole package, with its tests and tools. */
function scriptsBelow(path: string): string | undefined {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false })) return undefined;
  return filesIn(folder).some(isScript) ? folder : undefined;
}

/** The text around a computed path from which the bundler learns the folder, relative to the module, that it leads to. */
function knownFolder(folder: string): readonly [before: string, after: string] {
  const start = JSON.stringify(fromFolder(folder === '' ? '' : `${folder}/`));
  return [`${start} + __placeBelow(__dirname + ${JSON.stringify(`/${folder}`)}, `, ')'];
}

/** A relative path as imports write it. */
function fromFolder(path: string): string {
  const written = path.split(sep).join('/');
  return written.startsWith('../') ? written : `./${written}`;
}

/** The text behind declarations of its own place, on the same line, so that lines keep their numbers. */
function placed(text: string, own: string, output: string): string {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return text.slice(0, start) + placeDeclarations(own, output) + text.slice(start);
}

const LOADERS = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' } as const;

function loaderOf(path: string): Pick<OnLoadResult, 'loader'> {
  const extension = Object.entries(LOADERS).find(([ending]) => basename(path).endsWith(ending));
  return { loader: extension?.[1] ?? 'js' };
}
