import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { allowedEnvironment, cannotContain } from '#hosting/contain/contain.js';
import { type RunDirectory, removeDirectory } from '#hosting/run-directory.js';
import type { WorkerOptions } from '#hosting/worker.js';
import type { ServerSettings } from '../config/settings.js';

/** What a worker in a sandbox is started with; `remove` is for one that was not started at all. */
export interface Sandbox {
  readonly options: Required<Pick<WorkerOptions, 'contain' | 'env' | 'onGone'>>;
  remove(): Promise<void>;
}

type SandboxSettings = Pick<
  ServerSettings,
  'sandboxEnv' | 'modelStore' | 'keyFile' | 'privateKeyFile' | 'keystore' | 'configFile'
>;

/** Throws `ERR_SANDBOX` where this system grants no namespaces: a sandbox that is none is not offered. */
export async function refuseOpenSandbox(): Promise<void> {
  const obstacle = await cannotContain();
  if (obstacle !== undefined)
    throw new MarError(`Workers cannot run in a sandbox here: ${obstacle}.`, { code: 'ERR_SANDBOX' });
}

/**
 * Makes a worker's own directory in that of the run, the only place that it may write to: it is the temporary directory of its processes, and
 * gone when the worker is. Of `env` it gets the allow list and what the settings name; it sees neither the model store nor the server's keys and logins: its configuration may
 * hold some, and the netrc that `env` names.
 */
export async function makeSandbox(
  settings: SandboxSettings,
  env: Readonly<Record<string, string>>,
  { path }: Pick<RunDirectory, 'path'>,
): Promise<Sandbox> {
  const run = await mkdtemp(join(path, 'worker-'));
  const temporary = join(run, 'tmp');
  await mkdir(temporary);
  const { modelStore, keyFile, privateKeyFile, keystore, configFile } = settings;
  const places = [modelStore, keyFile, privateKeyFile, keystore, configFile, env['NETRC']];
  const hidden = places.flatMap((place) => (place ? [place] : []));
  const remove = (): Promise<void> => removeDirectory(run);
  return {
    options: {
      contain: { run, hidden },
      env: { ...allowedEnvironment(env, settings.sandboxEnv), TMPDIR: temporary },
      // What cannot be removed now goes with the directory of the run.
      onGone: () => remove().catch(() => {}),
    },
    remove,
  };
}
