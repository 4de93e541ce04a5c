import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachAccelerators } from '#device/emulated.js';
import { MarError } from '#errors/mar-error.js';
import { inspect, type ReadProgress, serve } from '#index.js';
import { Accelerators } from '#serve/accelerators/accelerators.js';
import type { ServerSettings } from '#serve/config/settings.js';
import { loadStartupModels } from '#serve/models/startup.js';
import { inFolder, layFolder } from '../../support/model-folder.js';
import { recordingPath } from '../../support/recordings.js';
import { rejectsWith } from '../../support/rejects.js';
import { routed } from '../../support/routed.js';

const ECHO = recordingPath('store/mms/echo.mar');

test(
  'onProgress hears the models of the start together, and no later registration',
  inFolder({ 'store/': '' }, async ({ path }) => {
    const modelStore = join(path, 'store');
    await copyFile(recordingPath('store/mms/batch.mar'), join(modelStore, 'batch.mar'));
    const heard: ReadProgress[] = [];
    const server = await serve({
      models: [`one=${ECHO}`, `two=${ECHO}`],
      modelStore,
      port: 0,
      workers: 1,
      env: {},
      cwd: path,
      onProgress: (progress) => void heard.push(progress),
    });
    try {
      const last = heard.at(-1);
      const { entries } = await inspect(ECHO);
      const size = entries.reduce((sum, entry) => sum + entry.size, 0);
      assert.equal([last?.bytes, last?.totalBytes], [2 * size, 2 * size]);
      for (const [index, { bytes }] of heard.entries()) assert.ok(bytes >= (heard[index - 1]?.bytes ?? 0));
      const before = heard.length;
      const answer = await fetch(`${server.managementUrl}/models?url=batch.mar`, { method: 'POST' });
      assert.is(answer.status, 200, await answer.text());
      assert.is(heard.length, before);
      await server.ready;
    } finally {
      await server.close();
    }
  }),
);

const MANIFEST = JSON.stringify({ runtime: 'python', model: { handler: 'service:handle' } });
const good = (name: string): Record<string, string> => ({ [`${name}/MAR-INF/MANIFEST.json`]: MANIFEST });

/** Loads the models of a start over fake workers, and hands over what came of it. */
async function started(
  files: Readonly<Record<string, string>>,
  over: (path: string) => Partial<ServerSettings>,
  use: (server: Awaited<ReturnType<typeof routed>>, load: () => Promise<Promise<unknown>[]>) => Promise<void>,
): Promise<void> {
  const folder = layFolder(files);
  const server = await routed(folder, { cwd: folder.path, ...over(folder.path) });
  try {
    await use(server, () => loadStartupModels(server.context));
  } finally {
    await server.manager.close(0);
    folder.remove();
  }
}

test('models of the start get their names and workers; the result settles with these', async () => {
  const models = [
    { name: 'one', source: 'a', local: true },
    { source: 'b', local: false },
  ];
  const over = { models, defaultWorkersPerModel: 3, maxWorkersPerModel: 2 };
  await started(
    { ...good('a'), ...good('b') },
    () => over,
    async ({ manager, readiness, starts, opened }, load) => {
      const loading = load();
      assert.equal(readiness.waiting(), ['a', 'b'], 'sources count from the call on');
      const scaling = await loading;
      assert.equal(readiness.waiting(), ['b', 'one'], 'then the models, until they have a worker');
      assert.equal(
        manager
          .list()
          .map(({ name, maxWorkers, minWorkers, batchSize, maxBatchDelayMs, loadedAtStartup }) => [
            ...[name, minWorkers, maxWorkers, batchSize, maxBatchDelayMs, loadedAtStartup],
          ]),
        [
          ['b', 2, 2, 1, 100, true],
          ['one', 2, 2, 1, 100, true],
        ],
      );
      assert.equal(opened.sort(), ['a', 'b']);
      assert.equal([scaling.length, starts.all.length], [2, 4]);
      for (const start of starts.all) await start.load();
      await Promise.all(scaling);
      assert.equal(readiness.waiting(), []);
    },
  );
});

test('a model of the start that does not register fails it with its source; a worker that does not start, what is waited for', async () => {
  await started(
    { 'bad/x': '', ...good('a') },
    () => ({ models: [{ source: 'https://u:p@h/bad', local: true }] }),
    async ({ readiness }, load) => {
      const error = await rejectsWith('ERR_MANIFEST_NO_HANDLER', load);
      assert.match(error.message, 'https://***@h/bad');
      assert.equal(readiness.waiting(), []);
    },
  );
  await started(
    { 'bad/x': '' },
    () => ({ models: [{ source: 'bad', local: true }] }),
    async (_server, load) => {
      const error = await rejectsWith('ERR_MANIFEST_MISSING', load);
      assert.is(error.hint, 'Pack it first: mar build bad');
    },
  );
  await started(
    good('a'),
    () => ({ models: [{ source: 'a', local: true }], defaultWorkersPerModel: 1 }),
    async ({ started: startOf }, load) => {
      const [scaled] = await load();
      const cause = new MarError('no luck', { code: 'ERR_WORKER_LOAD', hint: 'try again', detail: 'line 1' });
      await (await startOf(0)).fail(cause);
      const error = await rejectsWith('ERR_WORKER_LOAD', () => scaled);
      assert.equal([error.message, error.hint, error.detail], ['a: no luck', 'try again', 'line 1']);
    },
  );
});

test('ALL loads what the model store shows and warns of what cannot be loaded', async () => {
  const files = { ...good('a'), ...good('.hidden'), 'broken.mar/x': '', 'notes.txt': '', 'c.mar': '' };
  await started(
    files,
    (path) => ({ loadAll: true, modelStore: path, defaultWorkersPerModel: 1, models: [] }),
    async ({ manager, log, opened }, load) => {
      const scaling = await load();
      assert.equal(opened.sort(), ['a', 'broken.mar', 'c.mar']);
      assert.equal([manager.list().map(({ name }) => name), scaling.length], [['a'], 1]);
      const failed = log.filter(({ event }) => event === 'model-failed');
      assert.equal(failed.map(({ level, message }) => `${level} ${message}`).sort(), [
        'warn Failed to load model: broken.mar',
        'warn Failed to load model: c.mar',
      ]);
      assert.ok(failed.every(({ detail }) => detail !== undefined && detail.length > 10));
    },
  );
  await started(
    good('a'),
    (path) => ({ loadAll: false, modelStore: path, models: [] }),
    async ({ opened }, load) => {
      assert.equal([await load(), opened], [[], []]);
    },
  );
});

test('where nobody says how many workers, a model has one on each accelerator that it may use here', async () => {
  const manifest = (eia: object) =>
    JSON.stringify({ runtime: 'nodejs', model: { modelName: 'm', handler: 's:h', extensions: { eia } } });
  const eia = { acceleratorType: 'eia1.medium', count: 3, ordinals: [0, 1, 2], fallback: 'cpu' };
  const contexts = { model: 'eia:0', data: 'cpu' };
  const attached = attachAccelerators('eia1.medium,eia1.medium');
  const accelerators = new Accelerators({ attached, visible: attached, concurrency: 1 });
  for (const [declared, over, expected] of [
    [{ ...eia, contexts }, {}, 2],
    [{ ...eia, contexts }, { maxWorkersPerModel: 1 }, 1],
    [{ ...eia, contexts }, { defaultWorkersPerModel: 3 }, 3],
    [{ ...eia, ordinals: [7], contexts }, {}, 1],
  ] as const)
    await started(
      { 'a/MAR-INF/MANIFEST.json': manifest(declared) },
      () => ({ models: [{ source: 'a', local: true }], ...over }),
      async (server) => {
        const scaling = await loadStartupModels({ ...server.context, accelerators });
        assert.is(server.starts.all.length, expected);
        for (const start of server.starts.all) await start.load();
        await Promise.all(scaling);
      },
    );
});

test.run();
