import type { ServerResponse } from 'node:http';

/**
 * Ends the connection of a client that takes nothing of its answer for `limitMs` (0 = never): the answer would stay in memory for
 * as long as it likes. Each byte that the operating system takes starts the time again.
 */
export function dropIdleReader(response: ServerResponse, limitMs: number, onDrop: () => void): void {
  response.setTimeout(limitMs, () => {
    onDrop();
    response.destroy();
  });
  // What follows on the same connection may take its time: there a handler runs.
  response.prependOnceListener('finish', () => response.setTimeout(0));
}
