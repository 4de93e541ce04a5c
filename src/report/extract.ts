import type { ExtractResult } from '#archive/extract.js';
import { formatBytes } from './bytes.js';

/** What `mar extract` prints for people: every file, then the sum. */
export function extractReport({ directory, entries, bytes }: ExtractResult): string {
  const files = entries.map(({ path }) => `${path}\n`).join('');
  return `${files}${entries.length} ${entries.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)} → ${directory}\n`;
}
