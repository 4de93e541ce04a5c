import type { Finding } from '#check/finding.js';

/** `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `service.ts:12:3`, `MAR-INF/MANIFEST.json:4:5 (/model/handler)`, or undefined for the archive as a whole. */
export function locationOf({ at }: Pick<Finding, 'at'>): string | undefined {
  if (at?.entry === undefined) return undefined;
  const place = at.line === undefined ? '' : `:${at.line}${at.column === undefined ? '' : `:${at.column}`}`;
  return `${at.entry}${place}${at.pointer ? ` (${at.pointer})` : ''}`;
}
