import type { Finding, ValidationReport } from '#check/finding.js';
import { printableData } from '#printable.js';

/** The report with nothing in it that a terminal, a CI system or a reader's eye would take for something else. */
export function printableReport(report: ValidationReport): ValidationReport {
  return printableData(report, ['frame', 'why', 'remedy']);
}

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

/** Why a report fails whose archives pass, as a sentence; none where they are few enough. */
export function tooManyText({ tooManyWarnings, totals }: ValidationReport): string[] {
  if (tooManyWarnings === undefined) return [];
  return [`${count(totals.warning, 'warning')}, more than the ${tooManyWarnings} allowed`];
}
