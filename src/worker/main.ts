import { Socket } from 'node:net';
import { watchParent } from './parent-watch.js';
import { printError } from './print.js';
import { Session } from './session.js';

/**
 * The Node worker: a child process that speaks the worker protocol on descriptor 3 until its parent closes it or dies.
 * Descriptor 4 only tells that the parent lives. Standard output and error belong to the handler.
 */
process.setSourceMapsEnabled(true);
watchParent(4);
const channel = new Socket({ fd: 3, readable: true, writable: true, allowHalfOpen: true });
try {
  await new Session(channel).serve();
  process.exit(0);
} catch (error) {
  printError(error);
  process.exit(1);
}
