/** One test that did not run, and why. */
export interface Skip {
  readonly name: string;
  readonly reason: string;
}

/** What one test file said on its standard output. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skips: readonly Skip[];
  /** What makes the file fail although no test of it did: one sentence each. */
  readonly faults: readonly string[];
}

const TOTALS = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/m;
const SKIP = /^.*# skip (.+?): (.+)$/gm;

/** The line that announces a skip to the runner; kept on one line, whatever the reason holds. */
export function skipLine(name: string, reason: string): string {
  return `\n# skip ${name.replaceAll(':', ' -')}: ${reason.replaceAll('\n', ' ')}\n`;
}

/**
 * Reads uvu's totals and our skip lines from the output of a file that ended with exit code `code`.
 * uvu exits 0 when a file forgets `test.run()` or leaves early: only its totals prove that it ran.
 */
export function readReport(output: string, code: number | null): TestReport {
  const skips = [...output.matchAll(SKIP)].map(([, name = '', reason = '']) => ({ name, reason }));
  const totals = TOTALS.exec(output);
  if (!totals) {
    const fault = code === 0 ? 'ended without running a test: is test.run() missing?' : `ended with exit code ${code}`;
    return { passed: 0, failed: 0, skips, faults: [fault] };
  }
  const [total, passed, skipped] = [Number(totals[1]), Number(totals[2]), Number(totals[3])];
  const faults: string[] = [];
  if (total + skipped === 0) faults.push('holds no test');
  if (skipped !== skips.length) {
    faults.push(
      `skips ${skipped} tests but gives ${skips.length} reasons: use testUnless() instead of .skip and .only`,
    );
  }
  if (code !== 0 && total === passed) faults.push(`ended with exit code ${code} although every test passed`);
  return { passed, failed: total - passed, skips, faults };
}
