import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { workerStarter } from '#serve/workers/start-worker.js';
import { layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { settingsOf } from '../../support/settings.js';

test('no process is started for a model whose files are gone or are no directory', async () => {
  const folder = layFolder({ 'a b': 'a file' });
  const { signal } = new AbortController();
  const start = workerStarter(await settingsOf(), () => {}, signal, { path: folder.path, mark: {} });
  for (const modelDir of [`${folder.path}/none`, `${folder.path}/a b`]) {
    const error = await rejectsWith('ERR_MODEL_FILES_GONE', () =>
      start(
        {
          ...{ name: 'a b', url: 'u', handler: 'service:handle', runtime: 'nodejs' as const, loadedAtStartup: false },
          ...{
            batchSize: 1,
            maxBatchDelayMs: 1,
            responseTimeoutSeconds: 1,
            modelDir,
            manifest: { extensions: {}, faults: [] },
          },
        },
        { id: '1', gpuId: -1 },
        signal,
      ),
    );
    assert.match(error.message, modelDir);
    assert.match(error.hint ?? '', 'DELETE /models/a%20b');
  }
  folder.remove();
});

test.run();
