import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError, messageOf } from '#errors/mar-error.js';
import { type LogEvent, type ServeOptions, type Server, serve } from '#index.js';
import { type Folder, inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { withRunner, writeModel } from '../support/runner.js';

/** Starts a server on ports of its own in a folder. */
function start({ path }: Folder, options: ServeOptions = {}): Promise<Server> {
  return serve({
    ...{ inferenceAddress: 'http://127.0.0.1:0', managementAddress: 'http://127.0.0.1:0' },
    ...{ cwd: path, tempDir: path, env: {} },
    ...options,
  });
}

test(
  'a server without models says how it gets one',
  inFolder({}, async (folder) => {
    const log: LogEvent[] = [];
    const server = await start(folder, { onLog: (event) => log.push(event) });
    await server.ready;
    await server.close();
    const said = log.filter(({ event }) => event === 'no-model');
    assert.is(said.length, 1);
    assert.match(said[0]?.hint ?? '', 'POST /models?url=SOURCE');
  }),
);

test(
  'a server whose model of the start loads in no worker is never ready: it says why, and is closed by then',
  inFolder({}, async (folder) => {
    await writeModel(folder.path, 'm', "throw new Error('no weights here');");
    const log: LogEvent[] = [];
    const options = { archives: [`${folder.path}/m`], workers: 1, onLog: (event: LogEvent) => log.push(event) };
    const server = await start(folder, options);
    try {
      const error = await rejectsWith('ERR_WORKER_LOAD', () => server.ready);
      assert.match(`${error.message}\n${error.detail}`, 'no weights here');
      const refused = await fetch(`${server.inferenceUrl}/ping`).catch(({ cause }) => messageOf(cause));
      assert.match(String(refused), 'ECONNREFUSED');
      assert.equal(readdirSync(folder.path), ['m'], 'the directory of the run is gone');
      assert.equal(
        log.filter(({ event }) => event === 'no-model'),
        [],
      );
    } finally {
      await server.close();
    }
  }),
);

test(
  'a server that was asked for a sandbox does not start where there is none',
  inFolder({}, async (folder) => {
    const { PATH } = process.env;
    process.env['PATH'] = folder.path;
    try {
      const started = await start(folder, { sandbox: true }).catch((error: unknown) => error);
      if (!(started instanceof Error)) await (started as Server).close();
      assert.instance(started, MarError);
      assert.is((started as MarError).code, 'ERR_SANDBOX');
    } finally {
      process.env['PATH'] = PATH;
    }
  }),
);

test('a server that closes ends the downloads of its registrations, and tells who waits for them', async () => {
  const web = createServer().listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = web.address();
  try {
    await withRunner({}, async (runner) => {
      const asked = once(web, 'request');
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      const registered = runner.manage('POST', `/models?url=http://127.0.0.1:${port}/m.mar`);
      const [request] = await asked;
      const ended = once(request.socket, 'close');
      await runner.close();
      await ended;
      const answer = await registered;
      const { type, message } = Object(await answer.json());
      assert.equal([answer.status, type], [503, 'ServiceUnavailableException'], message);
      assert.is(message, 'The server is shutting down.');
    });
  } finally {
    web.closeAllConnections();
    web.close();
  }
});

test.run();
