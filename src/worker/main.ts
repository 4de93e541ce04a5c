import { Socket } from 'node:net';
import { printError } from './print.js';
import { Session } from './session.js';

/**
 * The Node worker: a child process that speaks the worker protocol on descriptor 3 until its parent closes it or dies.
 * Standard output and error belong to the handler.
 */
process.setSourceMapsEnabled(true);
const channel = new Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true });
try {
  await new Session(channel).serve();
  process.exit(0);
} catch (error) {
  printError(error);
  process.exit(1);
}
