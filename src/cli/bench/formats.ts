import { InvalidArgumentError } from 'commander';
import type { BenchResult } from '#index.js';
import { oneOf } from '../values.js';

/** How a measurement can be reported. */
export const BENCH_FORMATS = ['text', 'json', 'csv', 'markdown', 'html'] as const;
export type BenchFormat = (typeof BENCH_FORMATS)[number];

const EXTENSIONS: readonly (readonly [RegExp, BenchFormat])[] = [
  [/\.json$/i, 'json'],
  [/\.csv$/i, 'csv'],
  [/\.md$/i, 'markdown'],
  [/\.html?$/i, 'html'],
  [/\.txt$/i, 'text'],
];

export interface BenchOutput {
  readonly format: BenchFormat;
  readonly path: string;
}

/** Parses `--output`: `FORMAT=FILE`, or a file whose extension says its format; repeatable. */
export function readBenchOutput(text: string, before: readonly BenchOutput[] = []): BenchOutput[] {
  const [, prefix, file] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  if (prefix !== undefined && file !== undefined)
    return [...before, { format: oneOf(BENCH_FORMATS)(prefix), path: file }];
  const format = EXTENSIONS.find(([pattern]) => pattern.test(text))?.[1];
  if (format) return [...before, { format, path: text }];
  throw new InvalidArgumentError(
    'the format cannot be told from the name; write FORMAT=FILE, for example html=report.out.',
  );
}

/** A measurement as the text of a file, loading only what its format needs. */
export async function renderBench(result: BenchResult, format: BenchFormat): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('#report/bench/text.js')).benchReport(result, { color: false });
    case 'json':
      return (await import('#report/json.js')).jsonReport(result);
    case 'csv':
      return (await import('#report/bench/csv.js')).benchCsv(result);
    case 'markdown':
      return (await import('#report/bench/markdown.js')).benchMarkdown(result);
    case 'html':
      return (await import('#report/bench/html.js')).benchHtml(result);
  }
}
