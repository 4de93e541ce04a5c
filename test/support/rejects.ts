import * as assert from 'uvu/assert';
import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';

/** Awaits a `MarError` with this code and returns it, for a look at its words. */
export async function rejectsWith(code: ErrorCode, run: () => unknown): Promise<MarError> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    assert.is(error.code, code, error.message);
    return error;
  }
  throw new Error(`nothing was thrown; expected ${code}`);
}

/** The error of ours that a call throws; fails when it throws none. */
export function thrown(run: () => unknown): MarError {
  try {
    run();
  } catch (error) {
    if (error instanceof MarError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The code of the error of ours that a call throws, or undefined when it throws none. */
export function thrownCode(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof MarError) return error.code;
    throw error;
  }
}
