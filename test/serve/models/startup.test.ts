import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspect, type ReadProgress, serve } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
import { recordingPath } from '../../support/recordings.js';

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

test.run();
