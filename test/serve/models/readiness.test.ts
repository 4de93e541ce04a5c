import { execFileSync } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serve } from '#index.js';
import { scriptFiles, zip } from '../../check/sample-archives.js';
import { rejectsWith } from '../../support/rejects.js';
import { type Runner, withRunner } from '../../support/runner.js';

/** Asks over a socket file, whose address is known before the server has started. */
function ask(socketPath: string, path: string, method = 'GET'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    asked.on('error', reject).end();
  });
}

/** Resolves when a server of this process has received a request for the path. */
function received(path: string): Promise<void> {
  const started = channel('http.server.request.start');
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      if ((message as { request: IncomingMessage }).request.url !== path) return;
      started.unsubscribe(listen);
      resolve();
    };
    started.subscribe(listen);
  });
}

/** A web server that lets an archive wait: `asked` gets the answer to fill. */
async function withArchive(use: (url: string, asked: Promise<ServerResponse>) => Promise<void>): Promise<void> {
  let hand: (response: ServerResponse) => void = () => {};
  const asked = new Promise<ServerResponse>((resolve) => {
    hand = resolve;
  });
  const web = createServer((_request, response) => hand(response)).listen(0, '127.0.0.1');
  await once(web, 'listening');
  try {
    await use(`http://127.0.0.1:${(web.address() as AddressInfo).port}/m.mar`, asked);
  } finally {
    web.closeAllConnections();
    web.close();
  }
}

async function withRoot(use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mar-ready-'));
  try {
    await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

test('before the models of the start are registered, nothing but /ready is answered', async () => {
  await withRoot((root) =>
    withArchive(async (url, asked) => {
      const [inference, management] = [join(root, 'inference'), join(root, 'management')];
      const starting = serve({
        archives: [url],
        workers: 1,
        inferenceAddress: `unix:${inference}`,
        managementAddress: `unix:${management}`,
        cwd: root,
      });
      const download = await asked;
      const early = await ask(inference, '/ready');
      assert.is(early.status, 503);
      assert.equal(JSON.parse(early.body), { ready: false, waiting: [url] });
      assert.is((await ask(management, '/ready/')).status, 503);

      const order: string[] = [];
      const arrived = [received('/ping'), received('/models/cats')];
      const ping = ask(inference, '/ping').finally(() => order.push('ping'));
      const described = ask(management, '/models/cats').finally(() => order.push('describe'));
      await Promise.all(arrived);
      // A later request on another connection is answered: the first two would have been by now.
      assert.is((await ask(inference, '/ready')).status, 503);
      order.push('registered');
      download.end(zip(scriptFiles()));

      assert.is((await ping).status, 200);
      assert.is((await described).status, 200);
      assert.is(order[0], 'registered');
      const server = await starting;
      await server.ready;
      const late = await ask(management, '/ready');
      assert.is(late.status, 200);
      assert.equal(JSON.parse(late.body), { ready: true });
      await server.close();
    }),
  );
});

test('when the start fails, requests that were held lose their connection, and nothing is left', async () => {
  await withRoot((root) =>
    withArchive(async (url, asked) => {
      const inference = join(root, 'inference');
      const starting = serve({
        archives: [url],
        inferenceAddress: `unix:${inference}`,
        managementAddress: `unix:${join(root, 'management')}`,
        cwd: root,
        tempDir: root,
      });
      const download = await asked;
      const arrived = received('/ping');
      const ping = ask(inference, '/ping').then(
        () => 'answered',
        (error: NodeJS.ErrnoException) => error.code,
      );
      await arrived;
      download.end('no archive');
      await rejectsWith('ERR_NOT_AN_ARCHIVE', () => starting);
      assert.is(await ping, 'ECONNRESET');
      assert.equal(await readdir(root), []);
    }),
  );
});

test('a port in use is told before a model is fetched', async () => {
  await withRoot((root) =>
    withArchive(async (url, asked) => {
      await withRunner({}, async (runner) => {
        const addresses = { inferenceAddress: runner.inferenceUrl, managementAddress: 'http://127.0.0.1:0' };
        await rejectsWith('ERR_LISTEN', () => serve({ archives: [url], ...addresses, cwd: root, tempDir: root }));
        assert.is(await Promise.race([asked, 'nothing was asked for']), 'nothing was asked for');
        assert.equal(await readdir(root), []);
      });
    }),
  );
});

/** Loads when somebody writes into the pipe beside its directory, once for each worker. */
const GATED = `import { readFile } from 'node:fs/promises';
await readFile(new URL('../gate', import.meta.url));
export const handle = (batch) => {
  if (String(batch[0].body) === 'die') process.exit(1);
  return batch.map(() => 'alive');
};`;

async function readiness(runner: Runner): Promise<[status: number, body: unknown]> {
  const answer = await fetch(`${runner.inferenceUrl}/ready`);
  return [answer.status, await answer.json()];
}

/** Waits until the log has said so of the model so many times. */
async function logged(runner: Runner, event: string, count: number): Promise<void> {
  while (runner.log.filter((line) => line.event === event && line.model === 'gated').length < count)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

test('/ready: 503 until each model of the start has a worker, and again when one has lost its last', async () => {
  await withRunner({ gated: GATED }, async ({ store }) => {
    const gate = join(store, 'gate');
    execFileSync('mkfifo', [gate]);
    await withRunner(
      { other: 'export const handle = (batch) => batch.map(() => "other");' },
      async (runner) => {
        await logged(runner, 'model-registered', 1);
        assert.equal(await readiness(runner), [503, { ready: false, waiting: ['gated'] }]);
        assert.is(await (await fetch(`${runner.inferenceUrl}/ping`)).text(), `{\n  "status": "Healthy"\n}\n`);
        await writeFile(gate, 'go');
        await runner.ready;
        assert.equal(await readiness(runner), [200, { ready: true }]);

        await runner.manage('POST', '/models?url=other');
        assert.equal(await readiness(runner), [200, { ready: true }], 'only models of the start count');
        assert.is((await runner.predict('gated', 'die')).status, 500);
        await logged(runner, 'worker-died', 1);
        assert.equal(await readiness(runner), [503, { ready: false, waiting: ['gated'] }]);
        await writeFile(gate, 'go');
        await logged(runner, 'worker-ready', 2);
        assert.equal(await readiness(runner), [200, { ready: true }]);

        await runner.manage('PUT', '/models/gated?min_worker=0&synchronous=true');
        assert.equal(await readiness(runner), [503, { ready: false, waiting: ['gated'] }]);
        await runner.manage('DELETE', '/models/gated');
        assert.equal(await readiness(runner), [200, { ready: true }], 'a model that is gone counts no more');
      },
      { archives: [join(store, 'gated')], workers: 1 },
    );
  });
});

test('only the path itself is ours: a model may be called ready', async () => {
  await withRunner({ ready: 'export const handle = (batch) => batch.map(() => "alive");' }, async (runner) => {
    await runner.manage('POST', '/models?url=ready&initial_workers=1&synchronous=true');
    assert.is(await (await fetch(`${runner.inferenceUrl}/ready/predict`)).text(), 'alive');
    assert.is(await (await runner.predict('ready')).text(), 'alive');
  });
});

test.run();
