import type { PackedEntry, PackResult } from '#index.js';
import { formatBytes } from './bytes.js';
import { formatTable } from './table.js';

const LARGEST = 5;
const LISTED = 20;

/** What deserves attention after a build, for stderr: type errors with code frames, warnings. Empty when all is well. */
export function buildNotes(result: PackResult): string {
  const types = result.typeProblems.map(
    ({ file, line, column, code, message, frame }) =>
      `warning: ${file}:${line}:${column}: ${code}: ${message}\n${frame}\n`,
  );
  return [...types, ...result.warnings.map(({ message }) => `warning: ${message}\n`)].join('');
}

/** The summary of a build for people; a dry run lists every entry with its digest. */
export function buildReport(result: PackResult): string {
  const size = result.entries.reduce((sum, entry) => sum + entry.size, 0);
  const count = `${result.entries.length} ${result.entries.length === 1 ? 'entry' : 'entries'}`;
  const lines = result.dryRun
    ? [`${result.target} would be written: ${count}, ${formatBytes(size)}`, ...listEntries(result.entries)]
    : [
        `${result.target}: ${count}, ${formatBytes(size)}${result.bytes === undefined ? '' : `, ${formatBytes(result.bytes)} in the archive`}`,
        ...largest(result.entries),
      ];
  return [...lines, ...leftOut(result), ''].join('\n');
}

function listEntries(entries: readonly PackedEntry[]): string[] {
  return formatTable(
    entries.map(({ path, size, sha256 }) => [`  ${path}`, formatBytes(size), sha256]),
    [1],
  );
}

function largest(entries: readonly PackedEntry[]): string[] {
  const rows = [...entries].sort((a, b) => b.size - a.size).slice(0, LARGEST);
  return formatTable(
    rows.map(({ path, size, compressedSize }) => [
      `  ${path}`,
      formatBytes(size),
      compressedSize < size ? `${Math.round((compressedSize / size) * 100)}% after deflating` : '',
    ]),
    [1],
  );
}

function leftOut({ leftOut: list, dryRun }: PackResult): string[] {
  if (list.length === 0) return [];
  const shown = dryRun ? list : list.slice(0, LISTED);
  const more = list.length - shown.length;
  return [
    `Left out:`,
    ...formatTable(shown.map(({ path, reason }) => [`  ${path}`, reason])),
    ...(more > 0 ? [`  … and ${more} more (--dry-run lists all)`] : []),
  ];
}
