import { Worker } from 'node:worker_threads';

/** What the thread runs: when the parent's end of the descriptor closes, the process ends, whatever its main thread does. */
const WATCH = `
const { Socket } = require('node:net');
new Socket({ fd: require('node:worker_threads').workerData, readable: true })
  .on('close', () => process.kill(process.pid, 'SIGKILL'))
  .on('error', () => {})
  .resume();
`;

/**
 * Ends this process as soon as its parent is gone, even while a handler keeps the main thread busy. `descriptor` is a pipe
 * whose other end only the parent holds.
 */
export function watchParent(descriptor: number): void {
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
  new Worker(WATCH, { eval: true, workerData: descriptor, resourceLimits: limits, execArgv: [], env: {} }).unref();
}
