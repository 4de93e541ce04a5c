import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { systemCode } from '#errors/mar-error.js';

/** What the thread runs: when the parent's end of the descriptor closes, the process and what it started end at once. */
const WATCH = `
const { Socket } = require('node:net');
new Socket({ fd: require('node:worker_threads').workerData, readable: true })
  .on('close', () => {
    try { process.kill(-process.pid, 'SIGKILL'); } catch { process.kill(process.pid, 'SIGKILL'); }
  })
  .on('error', () => {})
  .resume();
`;

/**
 * Ends this process and its group as soon as its parent is gone, even while a handler keeps the main thread busy. `descriptor`
 * is a pipe whose other end only the parent holds. The first process of a
 * PID namespace cannot be ended from inside: there the runner's reaper does it.
 */
export function watchParent(descriptor: number): void {
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
  new Worker(WATCH, { eval: true, workerData: descriptor, resourceLimits: limits, execArgv: [], env: {} }).unref();
}

/**
 * For the end of the connection on `descriptor`: ends the group where the parent did not only stop to send, but is gone. A socket
 * whose other end is closed cannot be written, not even nothing.
 */
export function leaveWithParent(descriptor: number): void {
  try {
    writeSync(descriptor, new Uint8Array(0));
  } catch (error) {
    if (systemCode(error) === 'EPIPE') process.kill(-process.pid, 'SIGKILL');
  }
}
