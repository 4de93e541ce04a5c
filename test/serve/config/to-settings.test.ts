import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveServeOptions } from '#serve/config/serve-options.js';
import type { ServerSettings } from '#serve/config/settings.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { settingsOf } from '../../support/settings.js';

const MIB = 2 ** 20;
const MOST_SECONDS = 2_147_483;

/** The settings of a server with this configuration file. */
const fromFile = (cwd: string, name: string): Promise<ServerSettings> =>
  resolveServeOptions({ env: {}, cwd, mmsConfig: name }).then(({ settings }) => settings);

test('a server that is told nothing has the settings that the documentation tells', async () => {
  const settings = await settingsOf();
  assert.is(settings.inferenceAddress, 'http://127.0.0.1:8080');
  assert.is(settings.managementAddress, 'http://127.0.0.1:8081');
  const { models, loadAll, defaultWorkersPerModel, jobQueueSize, responseTimeoutSeconds } = settings;
  assert.equal(
    [models, loadAll, defaultWorkersPerModel, jobQueueSize, responseTimeoutSeconds],
    [[], false, 0, 100, 120],
  );
  const { unregisterTimeoutSeconds, shutdownTimeoutSeconds, keepAliveTimeoutSeconds, requestTimeoutSeconds } = settings;
  assert.equal(
    [unregisterTimeoutSeconds, shutdownTimeoutSeconds, keepAliveTimeoutSeconds, requestTimeoutSeconds],
    [120, 10, 75, 300],
  );
  assert.is(settings.sendTimeoutSeconds, 60);
  assert.equal([settings.maxRequestSize, settings.maxResponseSize], [6553500, 6553500]);
  assert.equal([settings.maxUnfinishedSize, settings.maxDownloadSize], [256 * MIB, 10 * 2 ** 30]);
  const { decodeInputRequest, busyPoll, errorDetail, installRequirements, sandbox, accessLog, serverTiming } = settings;
  assert.equal([decodeInputRequest, busyPoll, errorDetail], [true, true, true]);
  assert.equal(
    [installRequirements, sandbox, accessLog, serverTiming, settings.disableTokenAuth],
    Array(5).fill(false),
  );
  assert.equal([settings.allowedUrls, settings.allowedHosts, settings.sandboxEnv], [[], [], []]);
  assert.equal([settings.keyFile, settings.keystorePass, settings.cwd], ['/key_file.json', 'changeit', '/']);
  assert.ok(settings.maxWorkersPerModel >= 16 && settings.numberOfGpu < 1000);
  for (const unset of [
    'modelStore',
    'threads',
    'metricsConfig',
    'python',
    'keystore',
    'certificateFile',
    'corsAllowedOrigin',
    'tempDir',
  ])
    assert.not.ok(unset in settings, unset);
});

test(
  'what the file says becomes settings, its paths beside the directory of the call',
  inFolder(
    {
      'store/': '',
      all: [
        'model_store=store',
        'default_workers_per_model=40',
        'unregister_model_timeout=7',
        'shutdown_timeout=8',
        'keep_alive_timeout=9',
        'request_timeout=99999999',
        'send_timeout=11',
        'max_request_size=300000000',
        'max_response_size=12',
        'max_download_size=13',
        'allowed_urls=https://a/.*,http://b/c',
        'allowed_hosts=One.Example , two',
        'number_of_gpu=0',
        'sandbox=true',
        'sandbox_env=A, B',
        'threads=2',
        'blacklist_env_vars=SECRET_.*|X',
        'cors_allowed_origin=o',
        'cors_allowed_methods=m',
        'cors_allowed_headers=h',
        'default_service_handler=s:h',
        'certificate_file=c',
        'private_key_file=k',
        'metrics_config=m.yaml',
        'python=bin/python',
        'key_file=keys/f',
        'decode_input_request=FALSE',
        'busy_poll=false',
        'disable_token_auth=True',
      ].join('\n'),
      few: 'share_weights=true\npython=python3\nmax_workers_per_model=5\nmax_unfinished_size=7000000\ndefault_response_timeout=3\ncors_allowed_origin=\n',
      bare: 'default_response_timeout=3\ndefault_response_timeout_seconds=4\nkeystore=k\nkeystore_type=pkcs12\n',
      debug: 'debug=true\ndefault_workers_per_model=3\ndefault_response_timeout=3\n',
    },
    async ({ path }) => {
      const all = await fromFile(path, 'all');
      assert.is(all.modelStore, join(path, 'store'));
      assert.equal([all.defaultWorkersPerModel, all.maxWorkersPerModel >= 40], [40, true]);
      assert.equal([all.unregisterTimeoutSeconds, all.shutdownTimeoutSeconds, all.keepAliveTimeoutSeconds], [7, 8, 9]);
      assert.equal([all.requestTimeoutSeconds, all.sendTimeoutSeconds], [MOST_SECONDS, 11]);
      assert.equal([all.maxRequestSize, all.maxResponseSize, all.maxDownloadSize], [300_000_000, 12, 13]);
      assert.is(all.maxUnfinishedSize, 600_000_000);
      assert.equal(
        ['https://a/x', 'http://b/c', 'http://b/cd', 'xhttp://b/c'].map((url) =>
          all.allowedUrls.some((one) => one.test(url)),
        ),
        [true, true, false, false],
      );
      assert.equal(
        [all.allowedHosts, all.sandboxEnv],
        [
          ['one.example', 'two'],
          ['A', 'B'],
        ],
      );
      assert.equal([all.numberOfGpu, all.threads], [0, 2]);
      assert.equal(
        ['SECRET_A', 'X', 'XY', 'MY_SECRET_A'].map((name) => all.blacklistEnvVars?.test(name)),
        [true, true, false, false],
      );
      assert.equal([all.corsAllowedOrigin, all.corsAllowedMethods, all.corsAllowedHeaders], ['o', 'm', 'h']);
      assert.is(all.defaultServiceHandler, 's:h');
      assert.equal([all.certificateFile, all.privateKeyFile], [join(path, 'c'), join(path, 'k')]);
      assert.is(all.metricsConfig, join(path, 'm.yaml'));
      assert.equal([all.python, all.keyFile], [join(path, 'bin/python'), join(path, 'keys/f')]);
      assert.equal([all.decodeInputRequest, all.busyPoll, all.disableTokenAuth], [false, false, true]);
      assert.equal([all.sandbox, all.shareWeights], [true, false]);
      const few = await fromFile(path, 'few');
      assert.equal([few.sandbox, few.shareWeights], [false, true]);
      assert.equal([few.python, few.maxWorkersPerModel, few.maxUnfinishedSize], ['python3', 5, 7_000_000]);
      assert.equal([few.responseTimeoutSeconds, 'corsAllowedOrigin' in few], [3, false]);
      const bare = await fromFile(path, 'bare');
      assert.equal([bare.responseTimeoutSeconds, bare.keystore], [4, join(path, 'k')]);
      const debug = await fromFile(path, 'debug');
      assert.equal([debug.defaultWorkersPerModel, debug.responseTimeoutSeconds], [1, MOST_SECONDS]);
    },
  ),
);

test(
  'settings that contradict each other are refused with what they are',
  inFolder({ file: '' }, async ({ path, write }) => {
    for (const [content, message] of [
      ['load_models=ALL', 'load_models is ALL, but there is no model_store.'],
      [
        'keystore=k\nprivate_key_file=k',
        'keystore and private_key_file or certificate_file are given; expected one of the two.',
      ],
      [
        'keystore=k\ncertificate_file=c',
        'keystore and private_key_file or certificate_file are given; expected one of the two.',
      ],
      ['sandbox_env=A,B', 'sandbox_env names A, B, but sandbox is off: workers get the whole environment.'],
      [
        'request_timeout=0',
        'request_timeout is 0; expected 1 or more: no request and no download can arrive in no time.',
      ],
      ['private_key_file=k', 'https needs private_key_file and certificate_file; only one is given.'],
      ['certificate_file=c', 'https needs private_key_file and certificate_file; only one is given.'],
      ['keystore=k\nkeystore_type=JKS', 'keystore_type is JKS; only PKCS12 can be read.'],
      [
        'max_unfinished_size=9\nmax_request_size=10',
        'max_unfinished_size is 9, max_request_size 10; expected at least as much.',
      ],
      [
        'max_workers_per_model=1\ndefault_workers_per_model=2',
        'max_workers_per_model is 1, default_workers_per_model 2; expected at least as many, and 1.',
      ],
      [
        'max_workers_per_model=0',
        'max_workers_per_model is 0, default_workers_per_model 0; expected at least as many, and 1.',
      ],
      ['accelerators=eia1.medium\naccelerator_concurrency=0', 'accelerator_concurrency is 0; expected 1 or more.'],
      [
        'inference_address=https://127.0.0.1:1',
        'An https address needs certificate_file and private_key_file, or keystore.',
      ],
      [
        'management_address=HTTPS://127.0.0.1:1',
        'An https address needs certificate_file and private_key_file, or keystore.',
      ],
    ] as const) {
      write({ x: content });
      const error = await rejectsWith('ERR_CONFIG', () => fromFile(path, 'x'));
      assert.is(error.message, message);
    }
    for (const [store, reason] of [
      ['file', 'it is a file, expected a folder of archives'],
      ['none', 'it does not exist'],
    ] as const) {
      write({ x: `model_store=${store}` });
      const error = await rejectsWith('ERR_MODEL_STORE', () => fromFile(path, 'x'));
      assert.is(error.message, `The model store ${join(path, store)} cannot be used: ${reason}.`);
    }
    for (const fine of [
      'max_unfinished_size=10\nmax_request_size=10',
      'max_workers_per_model=2\ndefault_workers_per_model=2',
      'max_workers_per_model=1',
      'inference_address=https://127.0.0.1:1\nkeystore=k',
      'management_address=https://127.0.0.1:1\ncertificate_file=c\nprivate_key_file=k',
      'keystore_type=JKS',
      'accelerators=eia1.medium\naccelerator_concurrency=1',
      'accelerator_concurrency=0',
    ]) {
      write({ x: fine });
      await fromFile(path, 'x');
    }
  }),
);

test.run();
