import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { predict } from '#index.js';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { killGroup } from '../../support/process-group.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { missingPython, pythonWith } from '../pythons.js';
import { lines, withArchive } from '../samples.js';

const settings = (output: string, name: string) =>
  JSON.parse(readFileSync(join(output, name, 'model-settings.json'), 'utf8'));

const NET = encodeOnnx({
  inputs: [{ name: 'x', dims: ['n', 4] }],
  outputs: [{ name: 'y', dims: ['n', 4] }],
  nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['y'] }],
});

test('settings, runtime and model in one folder', async () => {
  const options = { modelName: 'net', handler: 'tensor', version: '3.1', modelContext: 'gpu:1' };
  await withArchive({ 'net.onnx': NET }, options, async ({ to }) => {
    const { output, lost, files } = await to({
      to: 'mlserver',
      batchSize: 4,
      maxBatchDelay: 20,
      threads: 2,
      workers: 3,
    });
    assert.equal(
      files.map(({ path }) => path),
      ['net/model.onnx', 'net/model-settings.json', 'net/mar_onnx_runtime.py'],
    );
    assert.equal(settings(output, 'net'), {
      name: 'net',
      implementation: 'mar_onnx_runtime.OnnxModel',
      platform: 'onnxruntime_onnx',
      max_batch_size: 4,
      max_batch_time: 0.02,
      parameters: {
        uri: './model.onnx',
        version: '3.1',
        extra: { threads: 2, providers: [['CUDAExecutionProvider', { device_id: '1' }], 'CPUExecutionProvider'] },
      },
    });
    assert.match(lines(lost).join('\n'), /^workers 3: .*"parallel_workers" of its settings\.json$/m);
  });
});

test('batches that MLServer would mix up are left behind', async () => {
  const open = encodeOnnx({
    inputs: [{ name: 'x', dims: ['n', 'a', 'b'] }],
    outputs: [{ name: 'y', dims: ['n', 'a', 'b'] }],
    nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
  });
  await withArchive({ 'net.onnx': open }, { modelName: 'net', handler: 'tensor' }, async ({ to }) => {
    const { output, lost } = await to({ to: 'mlserver', batchSize: 4, maxBatchDelay: 20 });
    assert.not.ok('max_batch_size' in settings(output, 'net'));
    assert.match(lines(lost).join('\n'), /^batch size 4: MLServer joins requests without a look at their shapes/m);
  });
  await withArchive({ 'net.onnx': NET }, { modelName: 'net', handler: 'tensor' }, async ({ to }) => {
    const { lost } = await to({ to: 'mlserver', batchSize: 4 });
    assert.match(lines(lost).join('\n'), /^batch size 4: .*--max-batch-delay$/m);
  });
});

test('an output without a form in the protocol is left behind; a model of such outputs alone is refused', async () => {
  const outputs = [
    { name: 'y', dims: ['n', 4] },
    { name: 'half', type: 16, dims: ['n', 4] },
  ];
  const nodes = [
    { op: 'Relu', inputs: ['x'], outputs: ['y'] },
    { op: 'Identity', inputs: ['x'], outputs: ['half'] },
  ];
  const inputs = [{ name: 'x', dims: ['n', 4] }];
  const options = { modelName: 'net', handler: 'tensor' };
  await withArchive({ 'net.onnx': encodeOnnx({ inputs, outputs, nodes }) }, options, async ({ to }) => {
    const { lost } = await to({ to: 'mlserver' });
    assert.match(lines(lost).join('\n'), /^the output half: it is bfloat16/m);
  });
  await withArchive(
    { 'net.onnx': encodeOnnx({ inputs, outputs: outputs.slice(1), nodes: nodes.slice(1) }) },
    options,
    async ({ to }) => {
      const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'mlserver' }));
      assert.match(refused.detail ?? '', /No output of the model is a tensor/);
    },
  );
});

/** Every type that both the protocol and our service `tensor` have, by its number in ONNX. */
const TYPES: Readonly<Record<string, number>> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};

const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  FP32: [1.5, -0.25],
  UINT8: [0, 255],
  INT8: [-128, 127],
  UINT16: [0, 65535],
  INT16: [-32768, 32767],
  INT32: [-2147483648, 2147483647],
  INT64: [-9007199254740991, 9007199254740991],
  BYTES: ['cat', 'über "x"'],
  BOOL: [true, false],
  FP16: [0.5, -2],
  FP64: [0.1, 1e300],
  UINT32: [0, 4294967295],
  UINT64: [0, 9007199254740991],
};

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly outputs?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: string;
    readonly data: readonly unknown[];
  }[];
}

/** Runs with a real MLServer over a converted folder, on loopback. */
async function withServer(
  folder: string,
  workers: number,
  use: (ask: (model: string, body: object) => Promise<Answer>, base: string) => Promise<void>,
): Promise<void> {
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const own = {
    host: '127.0.0.1',
    http_port: http,
    grpc_port: grpc,
    metrics_port: metrics,
    parallel_workers: workers,
    debug: false,
  };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(own));
  const child: ChildProcess = spawn(join(dirname(pythonWith('mlserver')), 'mlserver'), ['start', folder], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  const exited = once(child, 'exit');
  try {
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => {
          printed += chunk;
          if (printed.includes('gRPC server running')) resolve();
        });
      exited.then(() => reject(new Error(printed)), reject);
    });
    const base = `http://127.0.0.1:${http}/v2/models`;
    // The models are loaded after the listeners are there; MLServer says so under this path only.
    for (let status = 0; status !== 200; ) {
      if (child.exitCode !== null || printed.includes("Couldn't load model")) throw new Error(printed);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const seen = await fetch(`http://127.0.0.1:${http}/v2/health/ready`).catch(() => undefined);
      await seen?.arrayBuffer();
      status = seen?.status ?? 0;
    }
    await use(async (model, body) => {
      const response = await fetch(`${base}/${model}/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const answer = await response.text();
      assert.not.match(answer, /Internal Server Error/, printed.slice(-3000));
      return { status: response.status, ...JSON.parse(answer) };
    }, base);
  } finally {
    // Its workers, too: it waits for some that have not started.
    if (child.pid !== undefined) killGroup(child.pid);
    await exited;
  }
}

testUnless(missingPython('mlserver'), test, 'MLServer answers each type as our runner does', async () => {
  const names = Object.keys(TYPES);
  const net = encodeOnnx({
    inputs: names.map((name) => ({ name, type: TYPES[name] ?? 0, dims: ['n', 2] })),
    outputs: names.map((name) => ({ name: `same_${name}`, type: TYPES[name] ?? 0, dims: ['n', 2] })),
    nodes: names.map((name) => ({ op: 'Identity', inputs: [name], outputs: [`same_${name}`] })),
  });
  await withArchive({ 'net.onnx': net }, { modelName: 'all', handler: 'tensor' }, async ({ archive, to }) => {
    const { output } = await to({ to: 'mlserver' });
    const json = Object.fromEntries(names.map((name) => [name, [VALUES[name]]]));
    const ours = await predict(archive, { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(json)) });
    const expected: Record<string, unknown[][]> = JSON.parse(ours.body.toString());
    await withServer(output, 1, async (ask, base) => {
      const inputs = names.map((name) => ({ name, datatype: name, shape: [1, 2], data: VALUES[name] }));
      const { status, outputs = [] } = await ask('all', { inputs });
      assert.is(status, 200);
      assert.equal(
        outputs.map(({ datatype }) => datatype),
        names,
      );
      for (const { name, shape, data } of outputs) {
        assert.equal(shape, [1, 2]);
        assert.equal([data], expected[name], name);
      }
      const described = (await (await fetch(`${base}/all`)).json()) as { inputs: object[] };
      assert.equal(described.inputs[0], { name: 'FP32', datatype: 'FP32', shape: [-1, 2] });
    });
  });
});

testUnless(
  missingPython('mlserver'),
  test,
  'MLServer joins requests and answers each its own; what the model does not take is 400',
  async () => {
    await withArchive({ 'net.onnx': NET }, { modelName: 'net', handler: 'tensor' }, async ({ archive, to }) => {
      const { output } = await to({ to: 'mlserver', batchSize: 8, maxBatchDelay: 50 });
      await withServer(output, 0, async (ask) => {
        const rows = [
          [[1, 2, 3, 4]],
          [
            [0, 0, 0, 0],
            [4, 3, 2, 1],
          ],
          [[-1, 0.5, 1000, -1000]],
        ];
        const question = (row: readonly (readonly number[])[]) => ({
          inputs: [{ name: 'x', datatype: 'FP32', shape: [row.length, 4], data: row.flat() }],
        });
        const answers = await Promise.all(rows.map((row) => ask('net', question(row))));
        for (const [index, { status, outputs }] of answers.entries()) {
          const row = rows[index] ?? [];
          const bytes = Buffer.from(JSON.stringify(row));
          const ours = await predict(archive, { contentType: 'application/json', bytes });
          const expected: { y: number[][] } = JSON.parse(ours.body.toString());
          assert.is(status, 200);
          assert.equal(outputs?.[0]?.shape, [row.length, 4]);
          for (const [at, number] of expected.y.flat().entries())
            assert.ok(Math.abs(number - Number(outputs?.[0]?.data[at])) < 1e-6, `${at}: ${number}`);
        }
        const one = { name: 'x', datatype: 'FP32', shape: [1, 4], data: [1, 2, 3, 4] };
        const refusals: readonly (readonly [object, RegExp])[] = [
          [{ inputs: [{ ...one, name: 'z' }] }, /no input 'z'/],
          [{ inputs: [{ ...one, datatype: 'INT64' }] }, /is INT64; the model takes FP32/],
          [{ inputs: [{ ...one, shape: [1, 3] }] }, /the shape \[1, 3\]/],
          [{ inputs: [{ ...one, shape: [4] }] }, /the shape \[4\]/],
          [{ inputs: [{ ...one, data: [1, 2, 3] }] }, /3 elements/],
          [{ inputs: [{ ...one, data: [1, 2, 3, null] }] }, /not FP32/],
          [{ inputs: [{ ...one, data: [1, 2, 3, 'four'] }] }, /not FP32/],
          [{ inputs: [{ ...one, data: [1, 2, 3, 1e39] }] }, /not FP32/],
          [{ inputs: [one], outputs: [{ name: 'q' }] }, /no output 'q'/],
        ];
        for (const [body, words] of refusals) {
          const { status, error } = await ask('net', body);
          assert.is(status, 400, JSON.stringify(body));
          assert.match(error ?? '', words);
        }
        assert.is((await ask('net', { inputs: [one] })).status, 200, 'it goes on');
      });
    });
  },
);

test.run();
