import type { Callback, Test } from 'uvu';
import { skipLine } from './test-report.js';

/**
 * Registers a test, or skips it where something it needs is not there: `missing` says what, in one phrase
 * (`undefined` = nothing is missing). The runner lists every skip with its reason.
 */
export function testUnless<T>(missing: string | undefined, test: Test<T>, name: string, run: Callback<T>): void {
  if (missing === undefined) {
    test(name, run);
    return;
  }
  process.stdout.write(skipLine(name, missing));
  test.skip(name, run);
}
