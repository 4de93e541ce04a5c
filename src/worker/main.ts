import { openChannel } from './process/channel.js';
import { tellUncaught } from './process/last-words.js';
import { leaveWithParent, watchParent } from './process/parent-watch.js';
import { Session } from './session.js';
import { tellActions } from './tell-actions.js';

/**
 * The Node worker: a child process that speaks the worker protocol on descriptor 4 until its parent closes it or dies.
 * Descriptor 3 only tells that the parent lives. Standard output and error belong to the handler. Python cannot choose the numbers
 * that a child sees: the bridge names both as arguments.
 */
const [watched = 3, connection = 4] = process.argv.slice(2).map(Number);
process.setSourceMapsEnabled(true);
const session = new Session(openChannel(connection));
tellUncaught(() => session.loaded);
watchParent(watched);
tellActions();
await session.serve();
leaveWithParent(connection);
process.exit(0);
