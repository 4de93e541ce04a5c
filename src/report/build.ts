import type { PackedEntry, PackResult } from '#index.js';
import { printableData } from '#printable.js';
import { formatBytes } from './bytes.js';
import { formatTable } from './table.js';

/** Said of every archive that the real servers cannot run. */
const NODE_ONLY = 'Runs on: mar serve-local; for MMS, TorchServe and SageMaker add --bridge';

const LARGEST = 5;
const LISTED = 20;
/** Longer paths are shown by both ends, so that one of them does not widen every row. */
const LONGEST = 60;

/** What deserves attention after a build, for stderr: type errors with code frames, warnings. Empty when all is well. */
export function buildNotes(packed: PackResult): string {
  const result = printableData(packed, ['frame', 'message']);
  const types = result.typeProblems.map(
    ({ file, line, column, code, message, frame }) =>
      `warning: ${file}:${line}:${column}: ${code}: ${message}\n${frame}\n`,
  );
  return [...types, ...result.warnings.map(({ message }) => `warning: ${message}\n`)].join('');
}

/** The summary of a build for people; a dry run lists every entry with its digest. */
export function buildReport(packed: PackResult): string {
  const result = printableData(packed);
  const size = result.entries.reduce((sum, entry) => sum + entry.size, 0);
  const count = `${result.entries.length} ${result.entries.length === 1 ? 'entry' : 'entries'}`;
  const archived = result.bytes === undefined ? '' : `, ${formatBytes(result.bytes)} in the archive`;
  const lines = [
    `${result.target}${result.dryRun ? ' would be written' : ''}: ${count}, ${formatBytes(size)}${archived}`,
    ...origin(result),
    ...handlerLines(result),
    ...(result.dryRun ? listEntries(result) : largest(result.entries)),
    ...leftOut(result),
  ];
  return `${lines.join('\n')}\n`;
}

/** Said of every build, since the directory may not have been given. */
function origin({ modelPath }: PackResult): string[] {
  return modelPath === undefined ? [] : [`Model directory: ${modelPath}`];
}

/** What will be called, where it came from, and what runs it when the real servers do not. */
function handlerLines({ manifest: { runtime, model }, entries }: PackResult): string[] {
  const { handler: record, bridge } = model.extensions?.modelArchiver ?? {};
  const origin = record ? `, compiled from ${record.source} into ${record.module}` : '';
  const through = bridge ? `; the servers reach it through ${model.handler}` : '';
  const line = `Handler: ${bridge?.handler ?? model.handler} (${bridge ? 'nodejs' : (runtime ?? 'python')})${origin}${through}`;
  const isBundled = entries.some(({ path }) => /^MAR-INF\/bridge\/node\/[^/]+\/bin\/node$/.test(path));
  const where = isBundled ? 'with the Node in it' : 'where Node is';
  if (bridge) return [line, `Runs on: mar serve-local, and ${where}, on MMS, TorchServe and SageMaker`];
  return runtime === 'nodejs' ? [line, NODE_ONLY] : [line];
}

function listEntries({ entries }: PackResult): string[] {
  return formatTable(
    entries.map(({ path, size, sha256 }) => [`  ${path}`, formatBytes(size), sha256]),
    [1],
  );
}

function largest(entries: readonly PackedEntry[]): string[] {
  const rows = [...entries].sort((a, b) => b.size - a.size).slice(0, LARGEST);
  const more = entries.length - rows.length;
  return [
    more > 0 ? 'Largest entries:' : 'Entries:',
    ...formatTable(
      rows.map(({ path, size, compressedSize }) => [
        `  ${shorten(path)}`,
        formatBytes(size),
        compressedSize < size ? `${Math.round((compressedSize / size) * 100)}% after deflating` : '',
      ]),
      [1],
    ),
    ...(more > 0 ? [`  … and ${more} more (--json lists all)`] : []),
  ];
}

function shorten(path: string): string {
  return path.length <= LONGEST ? path : `${path.slice(0, 24)}…${path.slice(25 - LONGEST)}`;
}

function leftOut({ leftOut: list, dryRun }: PackResult): string[] {
  if (list.length === 0) return [];
  const shown = dryRun ? list : list.slice(0, LISTED);
  const more = list.length - shown.length;
  return [
    `Left out:`,
    ...formatTable(shown.map(({ path, reason }) => [`  ${dryRun ? path : shorten(path)}`, reason])),
    ...(more > 0 ? [`  … and ${more} more (--json lists all)`] : []),
  ];
}
