import { stackOf } from './failure.js';

/**
 * Says what ends the process before it ends, for the report on the death: an error that nobody caught, from the handler on.
 * Handlers that listen for such errors keep them to themselves.
 */
export function tellUncaught(): void {
  process.on('uncaughtException', (error, origin) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    const how = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught';
    process.stderr.write(`${how} ${readable(error)}\n`);
    process.exit(1);
  });
}

/** Objects of a handler may throw when they are looked at. */
function readable(error: unknown): string {
  try {
    return stackOf(error);
  } catch {
    return 'an object that cannot be read';
  }
}
