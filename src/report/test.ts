import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import type { GoldenResult } from '#index.js';
import { printableData } from '#printable.js';

/** One line per golden case, its differences below it, and a sum. */
export function testReport(result: GoldenResult): string {
  const { source, modelName, cases } = printableData(result);
  const lines = cases.flatMap(({ path, description, passed, differences, durationMs }) => [
    `${passed ? 'ok  ' : 'FAIL'} ${path}${description === undefined ? '' : ` (${description})`} ${durationMs} ms`,
    ...differences.map((difference) => `     ${difference}`),
  ]);
  const sum =
    cases.length === 0
      ? `${modelName} loads; ${source} has no golden cases (${GOLDEN_CASES_DIR}/*.json).`
      : `${passedOf(cases)} of ${modelName} passed.`;
  return `${[...lines, sum].join('\n')}\n`;
}

/** What `mar test --quiet` prints: one line, in the words of `mar validate --quiet`. */
export function testVerdict(result: GoldenResult): string {
  const { source, cases, passed } = printableData(result);
  const sum = cases.length === 0 ? 'it loads, and has no golden cases' : `${passedOf(cases)} passed`;
  return `${source}  ${passed ? 'pass' : 'FAIL'}  ${sum}\n`;
}

function passedOf(cases: GoldenResult['cases']): string {
  return `${cases.filter(({ passed }) => passed).length} of ${cases.length} golden cases`;
}
