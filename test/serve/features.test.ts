import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EIA } from '../check/sample-archives.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { missingCommand } from '../support/commands.js';
import { exchange, withRunner, writeModel } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const ENVIRONMENT = 'export const handle = (batch) => batch.map(() => ({ ...process.env }));';
const ALIVE = 'export const handle = (batch) => batch.map(() => "alive");';

async function environmentOf(settings: { properties?: string; threads?: number; env: Record<string, string> }) {
  let seen: Record<string, string> = {};
  await withRunner(
    { m: ENVIRONMENT },
    async (runner) => {
      await runner.manage('POST', '/models?url=m&initial_workers=1');
      seen = (await (await runner.predict('m')).json()) as Record<string, string>;
    },
    { ...settings, env: { PATH: process.env['PATH'] ?? '', ...settings.env } },
  );
  return seen;
}

test('workers get a scrubbed environment', async () => {
  const env = { AWS_SECRET: 's', KEPT: 'k', NODE_OPTIONS: '--no-warnings', MMS_SECRET: 'm' };
  const seen = await environmentOf({ properties: 'blacklist_env_vars=AWS_.*|ALSO', env });
  assert.is(seen['KEPT'], 'k');
  for (const name of ['AWS_SECRET', 'NODE_OPTIONS', 'MMS_SECRET']) assert.is(seen[name], undefined, name);
});

test('OMP_NUM_THREADS: 1, or the environment\u2019s, or --threads', async () => {
  assert.is((await environmentOf({ env: {} }))['OMP_NUM_THREADS'], '1');
  assert.is((await environmentOf({ env: { OMP_NUM_THREADS: '3' } }))['OMP_NUM_THREADS'], '3');
  assert.is((await environmentOf({ env: { OMP_NUM_THREADS: '3' }, threads: 2 }))['OMP_NUM_THREADS'], '2');
});

test('ALL loads the model store; a broken archive is a warning', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mar-all-'));
  try {
    await writeModel(root, 'good', ALIVE);
    await writeModel(join(root, 'bad', 'x'), 'y', ALIVE);
    const options = { models: ['ALL'], modelStore: root, workers: 1 };
    await withRunner(
      {},
      async (runner) => {
        await runner.ready;
        assert.is(await (await runner.predict('good')).text(), 'alive');
        assert.is(await (await fetch(`${runner.inferenceUrl}/invocations`, { method: 'POST' })).text(), 'alive');
        assert.ok(runner.log.some(({ event, message }) => event === 'model-failed' && message.includes('bad')));
      },
      options,
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test('a batch is filled by requests that come together', async () => {
  const code = 'export const handle = (batch) => batch.map((_, index) => [index + 1, batch.length].join(" of "));';
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1&batch_size=3&max_batch_delay=10000');
    const answers = await Promise.all([1, 2, 3].map(async () => (await runner.predict('m')).text()));
    assert.equal(answers.sort(), ['1 of 3', '2 of 3', '3 of 3']);
  });
});

test('status, headers and type that a handler sets reach the client; what frames the answer does not', async () => {
  const code = `export const handle = (batch, context) => {
    context.setResponseStatus(201, 'Made', 0);
    context.setResponseHeader(0, 'X-One', '1');
    context.setResponseHeader(0, 'Content-Length', '9999');
    context.setResponseHeader(0, 'Transfer-Encoding', 'chunked');
    context.setResponseContentType(0, 'text/csv');
    return batch.map(() => 'a,b');
  };`;
  await withRunner({ m: code }, async (runner) => {
    await runner.manage('POST', '/models?url=m&initial_workers=1');
    const answer = await runner.predict('m');
    assert.equal([answer.status, answer.statusText], [201, 'Made']);
    assert.equal([answer.headers.get('x-one'), answer.headers.get('content-type')], ['1', 'text/csv']);
    assert.is(await answer.text(), 'a,b');
  });
});

test('one address serves both APIs, and a unix socket serves, too', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mar-unix-'));
  try {
    const socketPath = join(root, 's');
    const address = `unix:${socketPath}`;
    await withRunner(
      {},
      async (runner) => {
        assert.is(runner.inferenceUrl, runner.managementUrl);
        for (const [path, status] of [
          ['/ping', 200],
          ['/models', 401],
        ] as const) {
          const [response] = await once(get({ socketPath, path }), 'response');
          assert.is(response.statusCode, status);
          response.resume();
        }
      },
      { inferenceAddress: address, managementAddress: address },
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

testUnless(
  missingCommand('openssl'),
  test,
  'a connection that says nothing before TLS is ended as one without headers is',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'mar-tls-'));
    try {
      const [key, cert] = [join(root, 'key.pem'), join(root, 'cert.pem')];
      const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
      spawnSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert]);
      await withRunner({}, async ({ inferenceUrl }) => assert.is(await exchange(inferenceUrl), ''), {
        properties: `request_timeout=1\nprivate_key_file=${key}\ncertificate_file=${cert}`,
        inferenceAddress: 'https://127.0.0.1:0',
      });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
);

testUnless(missingCommand('openssl'), test, 'https with PEM files and with a PKCS12 keystore', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mar-tls-'));
  try {
    const [key, cert, store] = ['key.pem', 'cert.pem', 'store.p12'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
    spawnSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert]);
    spawnSync('openssl', ['pkcs12', '-export', '-inkey', key, '-in', cert, '-out', store, '-passout', 'pass:changeit']);
    for (const properties of [`private_key_file=${key}\ncertificate_file=${cert}`, `keystore=${store}`]) {
      await withRunner(
        {},
        async (runner) => {
          const sent = request(`${runner.inferenceUrl}/ping`, { rejectUnauthorized: false }).end();
          const [response] = await once(sent, 'response');
          assert.is(response.statusCode, 200);
          response.resume();
        },
        { properties, inferenceAddress: 'https://127.0.0.1:0' },
      );
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test('describe shows the device that an archive declares, and the one that its worker says it runs on', async () => {
  const declared = {
    model: 'eia:0',
    data: 'cpu',
    fallback: 'cpu',
    accelerator: { type: 'eia1.medium', count: 1 },
  };
  const onnx = `import { OnnxService } from 'model-archiver/service';
  export class Own extends OnnxService { preprocess() {} postprocess() {} }
  export const handle = new Own();`;
  const dims = ['batch', 4];
  const model = encodeOnnx({ inputs: [{ name: 'input', dims }], outputs: [{ name: 'output', dims }] });
  await withRunner({ onnx, own: ALIVE, plain: onnx }, async (runner) => {
    let batching: unknown;
    const describe = async (name: string): Promise<unknown> => {
      const described = (await (await runner.manage('GET', `/models/${name}`)).json()) as Record<string, unknown>;
      batching = described['batching'];
      return described['device'];
    };
    for (const name of ['onnx', 'own', 'plain']) {
      const path = join(runner.store, name, 'MAR-INF', 'MANIFEST.json');
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      if (name !== 'plain') manifest.model.extensions = { eia: EIA };
      await writeFile(path, JSON.stringify(manifest));
      await writeFile(join(runner.store, name, 'model.onnx'), model);
      await runner.manage('POST', `/models?url=${name}`);
      assert.equal(await describe(name), name === 'plain' ? undefined : declared, 'no worker says anything yet');
      await runner.manage('PUT', `/models/${name}?min_worker=1&synchronous=true`);
    }
    const running = { running: 'cpu', executionProviders: ['cpu'] };
    assert.equal(await describe('onnx'), { ...declared, ...running });
    assert.is(batching, 'in one run');
    assert.equal(await describe('own'), declared, 'a handler without a session of ours says nothing');
    assert.is(batching, undefined);
    assert.equal(await describe('plain'), running);
  });
});

test.run();
