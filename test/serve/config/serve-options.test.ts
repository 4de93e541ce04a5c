import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveServeConfig, resolveServeOptions, type ServeOptions } from '#serve/config/serve-options.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const plain = (options: ServeOptions): ServeOptions => ({ env: {}, cwd: '/', ...options });

/** What the options set, as `key=value (origin)`; defaults left out. */
async function told(options: ServeOptions): Promise<string[]> {
  const { values } = await resolveServeConfig(plain(options));
  return [...values.values()]
    .filter(({ origin }) => origin !== 'default' && origin !== 'unset')
    .map(({ key, value, origin }) => `${key}=${value} (${origin})`)
    .sort();
}

test('each option sets its key under the name of its flag', async () => {
  assert.equal(
    await told({
      modelStore: '/store',
      inferenceAddress: 'http://127.0.0.1:1',
      managementAddress: 'http://127.0.0.1:2',
      workers: 3,
      maxWorkers: 4,
      threads: 5,
      python: 'python3',
      installRequirements: true,
      sandbox: true,
      sandboxEnv: ['A', 'B'],
      errorDetail: false,
      accessLog: true,
      serverTiming: true,
    }),
    [
      'access_log=true (--access-log)',
      'default_workers_per_model=3 (--workers)',
      'error_detail=false (--no-error-detail)',
      'inference_address=http://127.0.0.1:1 (--inference-address)',
      'install_requirements=true (--install-requirements)',
      'management_address=http://127.0.0.1:2 (--management-address)',
      'max_workers_per_model=4 (--max-workers)',
      'model_store=/store (--model-store)',
      'python=python3 (--python)',
      'sandbox=true (--sandbox)',
      'sandbox_env=A,B (--sandbox-env)',
      'server_timing=true (--server-timing)',
      'threads=5 (--threads)',
    ],
  );
  assert.equal(await told({}), []);
});

test('a port is that of the inference API, the next one is for management, and an address given goes over it', async () => {
  assert.equal(await told({ port: 9000 }), [
    'inference_address=http://127.0.0.1:9000 (--port)',
    'management_address=http://127.0.0.1:9001 (--port)',
  ]);
  assert.equal(await told({ port: 0 }), [
    'inference_address=http://127.0.0.1:0 (--port)',
    'management_address=http://127.0.0.1:0 (--port)',
  ]);
  assert.equal(await told({ port: 9000, managementAddress: 'unix:/m' }), [
    'inference_address=http://127.0.0.1:9000 (--port)',
    'management_address=unix:/m (--management-address)',
  ]);
  const both = await rejectsWith('ERR_CONFIG', () => told({ port: 9000, inferenceAddress: 'unix:/i' }));
  assert.is(both.message, '--port 9000 and --inference-address unix:/i are given; expected one of the two.');
});

test('archives and models of the command line may lie anywhere, and take the place of those of the file', async () => {
  const models = async (options: ServeOptions): Promise<unknown> =>
    (await resolveServeOptions(plain(options))).settings.models;
  assert.equal(await told({ archives: ['a.mar'], models: ['x=b.mar'] }), ['load_models=a.mar,x=b.mar (--models)']);
  assert.equal(await models({ archives: ['a=b.mar'], models: ['x=c=d.mar', 'e.mar', '=f'] }), [
    { source: 'a=b.mar', local: true },
    { name: 'x', source: 'c=d.mar', local: true },
    { source: 'e.mar', local: true },
    { source: '=f', local: true },
  ]);
  assert.equal(await models({}), []);
});

test(
  'ALL on the command line loads the model store beside what else is named there; both go over the file',
  inFolder(
    { 'config.properties': 'load_models=one=x.mar, y.mar ,', variables: 'enable_envvars_config=true' },
    async ({ path }) => {
      for (const all of ['ALL', 'all']) {
        const { settings } = await resolveServeOptions(plain({ models: [all], modelStore: path }));
        assert.equal([settings.loadAll, settings.models, settings.modelStore], [true, [], path]);
      }
      const both = await resolveServeOptions(
        plain({ cwd: path, archives: ['z.mar'], models: ['ALL', 'y'], modelStore: path }),
      );
      assert.equal(
        [both.settings.loadAll, both.settings.models],
        [
          true,
          [
            { source: 'z.mar', local: true },
            { source: 'y', local: true },
          ],
        ],
      );
      const named = await resolveServeOptions(plain({ archives: ['ALL'], modelStore: path }));
      assert.equal([named.settings.loadAll, named.settings.models], [false, [{ source: 'ALL', local: true }]]);
      const variables = { env: { MMS_LOAD_MODELS: 'x.mar' }, cwd: path, mmsConfig: 'variables', archives: ['z.mar'] };
      const strongest = await resolveServeOptions(variables);
      assert.equal(strongest.settings.models, [{ source: 'x.mar', local: false }]);
      const { settings } = await resolveServeOptions(plain({ cwd: path }));
      assert.equal(
        [settings.loadAll, settings.models],
        [
          false,
          [
            { name: 'one', source: 'x.mar', local: false },
            { source: 'y.mar', local: false },
          ],
        ],
      );
      assert.is(settings.cwd, path);
      const over = await resolveServeOptions(plain({ cwd: path, archives: ['z.mar'] }));
      assert.equal(over.settings.models, [{ source: 'z.mar', local: true }]);
      assert.is(over.settings.configFile, join(path, 'config.properties'));
      const elsewhere = plain({ cwd: path, env: { MMS_CONFIG_FILE: 'config.properties' }, mmsConfig: 'none' });
      assert.is((await resolveServeOptions(elsewhere)).settings.configFile, join(path, 'config.properties'));
    },
  ),
);

test(
  'headers go to the hosts of the sources of the start',
  inFolder({}, async ({ path }) => {
    const { settings, config } = await resolveServeOptions(
      plain({ cwd: path, archives: ['https://host/a.mar'], sourceHeader: ['X-Key: 1'], tempDir: '/t' }),
    );
    assert.equal(settings.sourceHeaders, { origins: new Set(['https://host']), headers: { 'x-key': '1' } });
    assert.equal([config.warnings, settings.tempDir], [[], '/t']);
    const without = await resolveServeOptions(plain({ archives: [join(path, 'a.mar')] }));
    assert.is(without.settings.sourceHeaders, undefined);
  }),
);

test.run();
