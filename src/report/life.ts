import type { WorkerLife } from '#conventions/run-contract.js';
import { formatBytes } from './bytes.js';

/** `first request 31.0 ms, 120 MB; request 100 20.4 ms, 125 MB`. */
export function lifeText({ requests, firstMs, firstBytes, lastMs, lastBytes }: WorkerLife): string {
  return `first request ${figures(firstMs, firstBytes)}; request ${requests} ${figures(lastMs, lastBytes)}`;
}

function figures(ms: number, bytes: number): string {
  return `${ms.toFixed(1)} ms${bytes === 0 ? '' : `, ${formatBytes(bytes)}`}`;
}
