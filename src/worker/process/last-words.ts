import { stackOf } from '../failure.js';
import { StrayRejections } from '../stray-rejections.js';

/**
 * Says what ends the process before it ends, for the report on the death: an error that nobody caught, from the handler on. A
 * rejection that nobody awaits ends it only while the model loads; later it fails its own batch, or, where that is answered already,
 * is told while the worker goes on. Handlers that listen for such errors keep them to themselves.
 */
export function tellUncaught(isLoaded: () => boolean): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    process.stderr.write(`Uncaught ${readable(error)}\n`);
    process.exit(1);
  });
  process.on('unhandledRejection', (error, promise) => {
    if (process.listenerCount('unhandledRejection') > 1 || StrayRejections.take(promise, error)) return;
    process.stderr.write(`Unhandled rejection ${readable(error)}\n`);
    if (!isLoaded()) process.exit(1);
  });
  process.on('rejectionHandled', (promise) => StrayRejections.giveBack(promise));
}

/** Objects of a handler may throw when they are looked at. */
function readable(error: unknown): string {
  try {
    return stackOf(error);
  } catch {
    return 'an object that cannot be read';
  }
}
