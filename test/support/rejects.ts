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
