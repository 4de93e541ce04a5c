import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import type { GoldenResult } from '#index.js';

/** One line per golden case, its differences below it, and a sum. */
export function testReport({ source, modelName, cases }: GoldenResult): string {
  const lines = cases.flatMap(({ path, description, passed, differences, durationMs }) => [
    `${passed ? 'ok  ' : 'FAIL'} ${path}${description === undefined ? '' : ` (${description})`} ${durationMs} ms`,
    ...differences.map((difference) => `     ${difference}`),
  ]);
  const failed = cases.filter(({ passed }) => !passed).length;
  const sum =
    cases.length === 0
      ? `${modelName} loads; ${source} has no golden cases (${GOLDEN_CASES_DIR}/*.json).`
      : `${cases.length - failed} of ${cases.length} golden cases of ${modelName} passed.`;
  return `${[...lines, sum].join('\n')}\n`;
}
