import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveServeConfig, resolveServeOptions, type ServeOptions } from '#serve/config/serve-options.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

async function settingOf(key: string, options: ServeOptions): Promise<readonly [string | undefined, string]> {
  const { values } = await resolveServeConfig(options);
  const found = [...values.values()].find((value) => value.key === key);
  return [found?.value, found?.origin ?? ''];
}

test(
  'default < file < flag < MMS_ variable, as in Multi Model Server',
  inFolder({ 'config.properties': 'job_queue_size=7\nmodel_store=.\nenable_envvars_config=true\n' }, async (folder) => {
    const cwd = folder.path;
    const file = join(cwd, 'config.properties');
    assert.equal(await settingOf('max_request_size', { cwd, env: {} }), ['6553500', 'default']);
    assert.equal(await settingOf('job_queue_size', { cwd, env: {} }), ['7', `${file}:1`]);
    assert.equal(await settingOf('model_store', { cwd, env: {}, modelStore: 'x' }), ['x', '--model-store']);
    const env = { MMS_MODEL_STORE: 'y' };
    assert.equal(await settingOf('model_store', { cwd, env, modelStore: 'x' }), ['y', 'MMS_MODEL_STORE']);
  }),
);

test(
  'variables count only where the file enables them; otherwise they are reported',
  inFolder({}, async (folder) => {
    const options = { cwd: folder.path, env: { MMS_JOB_QUEUE_SIZE: '3' } };
    assert.equal(await settingOf('job_queue_size', options), ['100', 'default']);
    const { warnings } = await resolveServeConfig(options);
    assert.match(warnings.join(), /MMS_JOB_QUEUE_SIZE has no effect/);
  }),
);

test(
  'MMS_CONFIG_FILE wins over --mms-config, and a named file must exist',
  inFolder({ a: 'job_queue_size=1', b: 'job_queue_size=2' }, async (folder) => {
    const cwd = folder.path;
    assert.is((await settingOf('job_queue_size', { cwd, env: { MMS_CONFIG_FILE: 'a' }, mmsConfig: 'b' }))[0], '1');
    assert.is((await settingOf('job_queue_size', { cwd, env: {}, mmsConfig: 'b' }))[0], '2');
    await rejectsWith('ERR_CONFIG', () => resolveServeConfig({ cwd, env: {}, mmsConfig: 'none' }));
  }),
);

test(
  '$$NAME$$ in the file is the environment',
  inFolder({ 'config.properties': 'model_store=/x/$$WHERE$$/y' }, async (folder) => {
    assert.is((await settingOf('model_store', { cwd: folder.path, env: { WHERE: 'here' } }))[0], '/x/here/y');
    const error = await rejectsWith('ERR_CONFIG', () => resolveServeConfig({ cwd: folder.path, env: {} }));
    assert.match(error.message, /WHERE is not set/);
  }),
);

for (const [name, content, expected] of [
  [
    'a misspelt key',
    'job_queue_sise=3',
    /job_queue_sise is not a configuration key \(did you mean 'job_queue_size'\?\)/,
  ],
  ['a wrong number', 'job_queue_size=many', /config\.properties:1: job_queue_size is "many"; expected a whole number/],
  ['a negative number', 'job_queue_size=-1', /expected a whole number/],
  ['a wrong boolean', 'decode_input_request=yes', /expected true or false/],
  ['a broken pattern', 'blacklist_env_vars=(', /expected a regular expression/],
] as const) {
  test(
    `${name} is an error with its place`,
    inFolder({ 'config.properties': content }, async (folder) => {
      const error = await rejectsWith('ERR_CONFIG', () => resolveServeConfig({ cwd: folder.path, env: {} }));
      assert.match(error.message, expected);
      assert.is(error.hint, 'mar serve-local --print-config shows every key with its value and origin.');
    }),
  );
}

for (const [name, content, code] of [
  ['ALL without a model store', 'load_models=ALL', 'ERR_CONFIG'],
  ['half a certificate', 'private_key_file=k', 'ERR_CONFIG'],
  ['two kinds of certificate', 'keystore=k\nprivate_key_file=k\ncertificate_file=c', 'ERR_CONFIG'],
  ['https without a certificate', 'inference_address=https://127.0.0.1:1', 'ERR_CONFIG'],
  ['less room for all bodies than for one', 'max_unfinished_size=9\nmax_request_size=10', 'ERR_CONFIG'],
  ['fewer workers than the default', 'max_workers_per_model=1\ndefault_workers_per_model=2', 'ERR_CONFIG'],
  ['no worker at all', 'max_workers_per_model=0', 'ERR_CONFIG'],
  ['a Java keystore', 'keystore=k\nkeystore_type=JKS', 'ERR_CONFIG'],
  ['a model store that does not exist', 'model_store=nowhere', 'ERR_MODEL_STORE'],
] as const) {
  test(
    `${name} is refused`,
    inFolder({ 'config.properties': content }, async (folder) => {
      await rejectsWith(code, () => resolveServeOptions({ cwd: folder.path, env: {} }));
    }),
  );
}

test(
  'keys without effect are reported, none is ignored silently',
  inFolder({ 'config.properties': 'vmargs=-Xmx1g\nnumber_of_netty_threads=4\n' }, async (folder) => {
    const { warnings } = await resolveServeConfig({ cwd: folder.path, env: {} });
    assert.is(warnings.length, 2);
    assert.match(warnings[0] ?? '', /vmargs .*config\.properties:1\) has no effect: not supported/);
  }),
);

test(
  'the profiles of the recordings become settings',
  inFolder(
    { 'config.properties': 'load_models=first=echo.mar,noop.mar\ndefault_response_timeout_seconds=2' },
    async (folder) => {
      const { settings } = await resolveServeOptions({ cwd: folder.path, env: {} });
      assert.equal(settings.models, [
        { name: 'first', source: 'echo.mar', local: false },
        { source: 'noop.mar', local: false },
      ]);
      assert.is(settings.responseTimeoutSeconds, 2);
    },
  ),
);

test.run();
