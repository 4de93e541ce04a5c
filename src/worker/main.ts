import { Socket } from 'node:net';
import { tellUncaught } from './last-words.js';
import { leaveWithParent, watchParent } from './parent-watch.js';
import { Session } from './session.js';

/**
 * The Node worker: a child process that speaks the worker protocol on descriptor 4 until its parent closes it or dies.
 * Descriptor 3 only tells that the parent lives. Standard output and error belong to the handler.
 */
process.setSourceMapsEnabled(true);
tellUncaught();
watchParent(3);
const channel = new Socket({ fd: 4, readable: true, writable: true, allowHalfOpen: true });
await new Session(channel).serve();
leaveWithParent(4);
process.exit(0);
