import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Log } from '../../log.js';

/** How many connections each kind of listener may have, and why. */
export interface ConnectionShares {
  /** Open files that the process may have. */
  readonly descriptors: number;
  readonly inference: number;
  readonly management: number;
  /** Of a listener for both APIs. */
  readonly both: number;
}

/** Descriptors that are kept for workers, archives and the log. */
const RESERVED = 64;

/**
 * Shares out the descriptors of this process, of which each connection takes one: a quarter, and 64 at least, is kept for the rest,
 * and management has its own share, so that a crowd at the inference port does not lock it out. Undefined where the limit is not
 * known. `limits` is what Linux says in /proc/self/limits.
 */
export function connectionShares(limits = readLimits()): ConnectionShares | undefined {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  if (soft === undefined) return undefined;
  const descriptors = Number(soft);
  const both = Math.max(RESERVED / 4, descriptors - Math.max(RESERVED, Math.ceil(descriptors / 4)));
  const management = Math.ceil(both / 8);
  return { descriptors, inference: both - management, management, both };
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** Closes connections beyond so many at once, and says so, once a second at most: out of descriptors the system would do it silently. */
export function limitConnections(server: Server, most: number, descriptors: number, log: Log): void {
  server.maxConnections = most;
  let told = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    const now = performance.now();
    if (now < told + 1000) return;
    told = now;
    log({
      level: 'error',
      event: 'connections-full',
      message: `A connection was closed at once: ${most} are open, and the process may have ${descriptors} open files in all`,
      hint: 'Raise the limit of open files (ulimit -n) where the server is started, or lower keep_alive_timeout.',
    });
  });
}
