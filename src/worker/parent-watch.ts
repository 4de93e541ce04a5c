import { once } from 'node:events';
import { readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { systemCode } from '#errors.js';

/** What the thread runs: when the parent's end of the descriptor closes, the process and what it started end at once. */
const WATCH = `
const { parentPort, workerData } = require('node:worker_threads');
new (require('node:net').Socket)({ fd: workerData, readable: true })
  .on('close', () => {
    try { process.kill(-process.pid, 'SIGKILL'); } catch { process.kill(process.pid, 'SIGKILL'); }
  })
  .on('error', () => {})
  .resume();
parentPort.postMessage('watching');
`;

/**
 * Ends this process and its group as soon as its parent is gone, even while a handler keeps the main thread busy. `descriptor`
 * is a pipe whose other end only the parent holds. The returned function is for the end of the work: it does the same if the
 * parent is gone by then.
 */
export function watchParent(descriptor: number): () => Promise<void> {
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
  const options = { eval: true, workerData: descriptor, resourceLimits: limits, execArgv: [], env: {} };
  const watcher = new Worker(WATCH, options);
  // From then on the descriptor is non-blocking, and may be read here without waiting.
  const watching = once(watcher, 'message');
  watcher.unref();
  return async () => {
    watcher.ref();
    await watching;
    if (!isOpen(descriptor)) process.kill(-process.pid, 'SIGKILL');
  };
}

/** No bytes ever come: an open pipe has nothing to read, a closed one is at its end. */
function isOpen(descriptor: number): boolean {
  try {
    return readSync(descriptor, new Uint8Array(1)) > 0;
  } catch (error) {
    return systemCode(error) === 'EAGAIN';
  }
}
