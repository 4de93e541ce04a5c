import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode } from '#errors/codes.js';
import type { MarError } from '#errors/mar-error.js';
import type { ServerSettings } from '#serve/config/settings.js';
import type { Dialect } from '#serve/http/server/dialect.js';
import { openListeners } from '#serve/http/server/listeners.js';
import type { LogEvent } from '#serve/log.js';
import { ModelManager } from '#serve/models/model-manager.js';
import { Readiness } from '#serve/models/readiness.js';
import { inFolder } from '../../../support/model-folder.js';
import { rejectsWith } from '../../../support/rejects.js';
import { settingsOf } from '../../../support/settings.js';

const ANY_PORT = 'http://127.0.0.1:0';

/** Answers with the APIs of the listener that was asked, and with the token as it is known then. */
const DIALECT: Dialect = {
  route: ({ managementToken }, { inference, management }) => {
    const apis = [inference && 'inference', management && 'management'].filter(Boolean).join('+');
    return () => ({ status: 200, body: `${apis} ${managementToken() ?? 'no token'}` });
  },
  answerOfError: (error) => ({ status: 500, body: String(error) }),
};

async function opened(over: Partial<ServerSettings>) {
  const log: LogEvent[] = [];
  const settings = await settingsOf({ inferenceAddress: ANY_PORT, managementAddress: ANY_PORT, ...over });
  const nothing = (): Promise<never> => Promise.reject(new Error('there are no models here'));
  const onLog = (event: LogEvent): void => void log.push(event);
  const manager = new ModelManager({ settings, store: { open: nothing }, startWorker: nothing, log: onLog });
  const readiness = new Readiness(manager);
  readiness.open();
  return { log, listeners: await openListeners({ manager, readiness, settings, log: onLog }, DIALECT) };
}

/** Opening must fail; what opens all the same is closed, so that the test ends. */
const refused = (code: ErrorCode, over: Partial<ServerSettings>): Promise<MarError> =>
  rejectsWith(code, async () => (await opened(over)).listeners.close());

const textOf = async (url: string): Promise<string> => (await fetch(url)).text();
const told = (log: readonly LogEvent[]): unknown[] =>
  log.map(({ level, event, message, hint }) => [level, event, message, hint]);
/** Whether anything listens there. */
const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );
/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { listeners } = await opened({});
  await listeners.close();
  return Number(new URL(listeners.inferenceUrl).port);
}

test('two addresses are two listeners of one API each, without a token on this machine', async () => {
  const { listeners, log } = await opened({});
  const { inferenceUrl, managementUrl } = listeners;
  assert.is.not(inferenceUrl, managementUrl);
  assert.is(await textOf(inferenceUrl), 'inference no token');
  assert.is(await textOf(managementUrl), 'management no token');
  assert.equal(told(log), []);
  await listeners.close();
  assert.equal([await answers(inferenceUrl), await answers(managementUrl)], [false, false]);
});

test(
  'one address for both APIs is one listener, whose management wants the token of the file, and the log says so',
  inFolder({}, async ({ path }) => {
    const address = `http://127.0.0.1:${await freePort()}`;
    const keyFile = join(path, 'key.json');
    const shared = { inferenceAddress: address, managementAddress: address, keyFile };
    const { listeners, log } = await opened(shared);
    assert.equal([listeners.inferenceUrl, listeners.managementUrl], [address, address]);
    const { key } = JSON.parse(readFileSync(keyFile, 'utf8')).management;
    assert.is(await textOf(address), `inference+management ${key}`);
    const message = `Both APIs share the address ${address}: what a handler answers counts as a page of the management API.`;
    assert.equal(told(log), [['info', 'management-shared', message, `It wants the token in ${keyFile}.`]]);
    await listeners.close();
    assert.equal([existsSync(keyFile), await answers(address)], [false, false]);
    const open = await opened({ ...shared, disableTokenAuth: true });
    assert.is(await textOf(address), 'inference+management no token');
    assert.equal(told(open.log), [
      ['warn', 'management-shared', message, 'disable_token_auth is set: nothing protects it now.'],
    ]);
    await open.listeners.close();
  }),
);

test(
  'when something cannot be opened, what was opened before is closed and nothing is left',
  inFolder({}, async ({ path }) => {
    const inferenceAddress = `http://127.0.0.1:${await freePort()}`;
    const socket = join(path, 'none', 'socket');
    await refused('ERR_LISTEN', { inferenceAddress, managementAddress: `unix:${socket}` });
    assert.not(await answers(inferenceAddress));
    await refused('ERR_ADDRESS', { managementAddress: 'nowhere' });
    const shared = { inferenceAddress, managementAddress: inferenceAddress };
    await refused('ERR_KEY_FILE', { ...shared, keyFile: join(path, 'none', 'key.json') });
    assert.not(await answers(inferenceAddress));
    const missing = join(path, 'missing.pem');
    const error = await refused('ERR_TLS', { privateKeyFile: missing, certificateFile: missing });
    assert.match(error.message, `The key or certificate for https cannot be used (${missing}, ${missing}): ENOENT`);
  }),
);

test('closing lets idle connections go and waits for the others, which a drop ends', async () => {
  const { listeners } = await opened({});
  const { hostname, port } = new URL(listeners.inferenceUrl);
  const busy = connect(Number(port), hostname);
  await once(busy, 'connect');
  busy.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
  // Answered on another connection after the first one's request was received.
  assert.is(await textOf(listeners.inferenceUrl), 'inference no token');
  let closed = false;
  const closing = listeners.close().then(() => {
    closed = true;
  });
  assert.not(await answers(listeners.managementUrl));
  assert.not(closed, 'a request is still arriving');
  const gone = once(busy, 'close');
  busy.on('error', () => undefined);
  listeners.drop();
  await Promise.all([closing, gone]);
  assert.ok(closed);
});

test.run();
