import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ServerSettings } from '#serve/config/settings.js';
import type { LogEvent } from '#serve/log.js';
import type { ModelFacts } from '#serve/models/model.js';
import { workerStarter } from '#serve/workers/start-worker.js';
import { type Folder, inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { settingsOf } from '../../support/settings.js';

const IDENTITY = { id: '1', gpuId: -1 };
const { signal } = new AbortController();

function model(modelDir: string, over: Partial<ModelFacts> = {}): ModelFacts {
  return {
    ...{ name: 'a b', url: 'u', handler: 'service:handle', runtime: 'nodejs', loadedAtStartup: false },
    ...{ batchSize: 1, maxBatchDelayMs: 1, responseTimeoutSeconds: 1 },
    ...{ modelDir, manifest: { extensions: {}, faults: [] } },
    ...over,
  };
}

test(
  'no process is started for a model whose files are gone or are no directory',
  inFolder({ 'a b': 'a file' }, async ({ path }) => {
    const start = workerStarter(await settingsOf(), () => {}, signal, { path, mark: {} });
    for (const modelDir of [`${path}/none`, `${path}/a b`]) {
      const error = await rejectsWith('ERR_MODEL_FILES_GONE', () => start(model(modelDir), IDENTITY, signal));
      assert.match(error.message, modelDir);
      assert.match(error.hint ?? '', 'DELETE /models/a%20b');
    }
  }),
);

/**
 * Lays an interpreter that makes environments whose interpreter is itself, and as a worker ends at once. Each call is a line of the
 * file `calls`; while there is a file `offline`, installing fails.
 */
function layPython({ path, write }: Folder): { python: string; calls: () => string[] } {
  write({
    'python.sh': `#!/bin/sh
case "$*" in
  *sys.version_info*) echo 3.12 ;;
  *'-c '*) echo 'the version' ;;
  *'-m venv'*) echo "venv" >> '${path}/calls'; mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;
  *'-m pip'*) echo "pip" >> '${path}/calls'; echo 'Collecting words'; [ ! -e '${path}/offline' ] ;;
  *main.py*) echo "worker of $0" >> '${path}/calls'; exit 3 ;;
esac
`,
  });
  const calls = (): string[] =>
    existsSync(join(path, 'calls')) ? readFileSync(join(path, 'calls'), 'utf8').trim().split('\n') : [];
  return { python: join(path, 'python.sh'), calls };
}

/** Starts workers of Python models with that interpreter: `ends` with the code of the error, for none of them loads. */
async function pythonStarter(folder: Folder, over: Partial<ServerSettings>) {
  const { python, calls } = layPython(folder);
  const log: LogEvent[] = [];
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: join(folder.path, 'cache') };
  const settings = await settingsOf({ python, env, ...over });
  const start = workerStarter(settings, (event) => log.push(event), signal, { path: folder.path, mark: {} });
  const ends = async (name: string, code: Parameters<typeof rejectsWith>[0] = 'ERR_WORKER_DIED'): Promise<void> => {
    const facts = model(join(folder.path, name), { name, runtime: 'python' });
    await rejectsWith(code, () => start(facts, IDENTITY, signal));
  };
  return { python, calls, log, ends };
}

test(
  'workers run on the configured interpreter; no requirements are installed unless that is asked for',
  inFolder({ 'words/requirements.txt': 'words' }, async (folder) => {
    const { python, calls, ends } = await pythonStarter(folder, { installRequirements: false });
    await ends('words');
    assert.equal(calls(), [`worker of ${python}`]);
  }),
);

test(
  'workers of a model that start together share one installation, whose words are in the log, and run in its environment',
  inFolder({ 'words/requirements.txt': 'words', 'plain/': '' }, async (folder) => {
    const { python, calls, log, ends } = await pythonStarter(folder, { installRequirements: true });
    await Promise.all([ends('words'), ends('words')]);
    const [venv, pip, ...workers] = calls();
    assert.equal([venv, pip, workers.length], ['venv', 'pip', 2]);
    for (const worker of workers)
      assert.match(worker, /^worker of .*\/cache\/model-archiver\/venvs\/\w+\/bin\/python$/);
    const told = log.filter(({ event }) => event === 'requirements');
    assert.equal(told, [{ level: 'info', event: 'requirements', message: 'Collecting words', model: 'words' }]);
    await ends('plain');
    assert.is(calls().at(-1), `worker of ${python}`, 'a model without requirements');
  }),
);

test(
  'an installation that failed is tried again with the next start',
  inFolder({ 'words/requirements.txt': 'words', offline: '' }, async (folder) => {
    const { calls, ends } = await pythonStarter(folder, { installRequirements: true });
    await ends('words', 'ERR_REQUIREMENTS');
    rmSync(join(folder.path, 'offline'));
    await ends('words');
    assert.equal(calls().slice(0, -1), ['venv', 'pip', 'venv', 'pip']);
    assert.match(calls().at(-1) ?? '', /^worker of .*\/cache\//);
  }),
);

test.run();
