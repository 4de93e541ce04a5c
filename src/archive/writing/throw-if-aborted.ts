import { MarError } from '#errors/mar-error.js';

/** Throws the signal's interruption as `ERR_INTERRUPTED`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new MarError('Packing was interrupted; nothing was written.', {
    code: 'ERR_INTERRUPTED',
    cause: signal.reason,
  });
}
