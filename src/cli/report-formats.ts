import { InvalidArgumentError } from 'commander';
import { rules, type ValidationReport } from '#index.js';
import type { Display } from './display.js';
import { oneOf } from './values.js';

/** How a validation can be reported. */
export const REPORT_FORMATS = ['pretty', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

const EXTENSIONS: readonly (readonly [RegExp, ReportFormat])[] = [
  [/\.sarif(\.json)?$/i, 'sarif'],
  [/\.json$/i, 'json'],
  [/\.xml$/i, 'junit'],
  [/\.md$/i, 'markdown'],
  [/\.txt$/i, 'pretty'],
];

/** Parses `--format`. */
export const readFormat = oneOf(REPORT_FORMATS);

/** Parses `--output`: `FORMAT=FILE`, or a file whose extension says its format. */
export function readOutput(text: string): { format: ReportFormat; path: string } {
  const prefix = /^([a-z]+)=(.+)$/.exec(text);
  if (prefix?.[1] !== undefined && prefix[2] !== undefined) return { format: readFormat(prefix[1]), path: prefix[2] };
  const format = EXTENSIONS.find(([pattern]) => pattern.test(text))?.[1];
  if (format) return { format, path: text };
  throw new InvalidArgumentError(
    'the format cannot be told from the name; write FORMAT=FILE, for example sarif=report.out.',
  );
}

/** A report as text, loading only what its format needs; `verdicts` is what is left of `pretty` where people want quiet. */
export async function renderReport(
  report: ValidationReport,
  format: ReportFormat | 'verdicts',
  display: Display,
): Promise<string> {
  switch (format) {
    case 'verdicts':
      return (await import('#report/validate/verdicts.js')).quietReport(report, display);
    case 'pretty':
      return (await import('#report/validate/pretty.js')).prettyReport(report, display);
    case 'json':
      return (await import('#report/json.js')).jsonReport(report);
    case 'sarif':
      return (await import('#report/validate/sarif.js')).sarifReport(report, await rules());
    case 'junit':
      return (await import('#report/validate/junit.js')).junitReport(report);
    case 'github':
      return (await import('#report/validate/github.js')).githubReport(report);
    case 'markdown':
      return (await import('#report/validate/markdown.js')).markdownReport(report);
  }
}
