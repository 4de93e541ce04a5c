import type { ExtractResult } from '#archive/extract.js';
import { printableData } from '#printable.js';
import { formatBytes } from './bytes.js';

/** What `mar extract` prints for people: every file, then the sum. */
export function extractReport(result: ExtractResult): string {
  const { directory, entries, bytes } = printableData(result);
  const files = entries.map(({ path }) => `${path}\n`).join('');
  return `${files}${entries.length} ${entries.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)} → ${directory}\n`;
}
