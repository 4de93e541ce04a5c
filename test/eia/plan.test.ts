import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EiaPlan, planEia } from '#index.js';
import { type ForgedEntry, forgeZip } from '../hostile/forge-zip.js';
import { encodeParams } from '../models/mxnet/encode-params.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar } from '../support/run-mar.js';

const EIA = {
  acceleratorType: 'eia1.medium',
  count: 1,
  ordinals: [0],
  framework: 'mxnet',
  frameworkVersion: '1.5.0',
  api: 'mx-context',
  contexts: { model: 'eia:0', data: 'cpu' },
  required: false,
  fallback: 'cpu',
};
type Over = Readonly<Record<string, unknown>>;

/** The entries of an archive with an accelerator, beside a manifest that declares it. */
function archive(files: Readonly<Record<string, string | Buffer>>, eia: Over | null = EIA, more: Over = {}): Buffer {
  const extensions = { ...(eia && { eia }), ...more };
  const manifest = { runtime: 'python', model: { modelName: 'm', handler: 'service:handle', extensions } };
  const entries: ForgedEntry[] = Object.entries(files).map(([name, data]) => ({ name, data }));
  return forgeZip([...entries, { name: 'MAR-INF/MANIFEST.json', data: JSON.stringify(manifest) }]);
}

const SERVICE = 'def handle(data, context):\n    return data\n';
const ONNX = encodeOnnx({ initializers: [{ name: 'w', dims: [4, 4], raw: Buffer.alloc(64) }] });
const SYMBOL = (version: number, op = 'FullyConnected') =>
  JSON.stringify({
    nodes: [
      { op: 'null', name: 'data', inputs: [] },
      { op: 'null', name: 'fc_weight', inputs: [] },
      {
        op,
        name: 'fc',
        attrs: { num_hidden: '10' },
        inputs: [
          [0, 0, 0],
          [1, 0, 0],
        ],
      },
      { op: 'null', name: 'softmax_label', inputs: [] },
      {
        op: 'SoftmaxOutput',
        name: 'softmax',
        inputs: [
          [2, 0, 0],
          [3, 0, 0],
        ],
      },
    ],
    arg_nodes: [0, 1, 3],
    heads: [[4, 0, 0]],
    attrs: { mxnet_version: ['int', version] },
  });
const MXNET = {
  'service.py': SERVICE,
  'net-symbol.json': SYMBOL(10500),
  'net-0000.params': encodeParams([{ name: 'arg:fc_weight', dims: [10, 192] }]),
  'signature.json': JSON.stringify({
    inputs: [{ data_name: 'data', data_shape: [0, 3, 8, 8] }],
    input_type: 'image/jpeg',
  }),
};

/** Plans the archive. */
async function planned(bytes: Buffer, folder: string, options = {}): Promise<EiaPlan> {
  const path = join(folder, 'm.mar');
  writeFileSync(path, bytes);
  return planEia(path, options);
}

const messages = (plan: EiaPlan, severity: string): string[] =>
  plan.findings.filter((finding) => finding.severity === severity).map(({ message, at }) => `${message} @ ${at}`);

test(
  'an ONNX model: its memory, which types it fitted, that nothing ran it there',
  inFolder({}, async ({ path }) => {
    const plan = await planned(archive({ 'service.py': SERVICE, 'model.onnx': ONNX }), path, { batchSize: 8 });
    assert.is(plan.models[0]?.estimate?.weights, 64);
    assert.is(plan.models[0]?.estimate?.batch, 8);
    assert.is(plan.memory?.least, 64 + 8 * 4 * 4 * 2);
    assert.equal(
      plan.accelerators.map(({ type, fit, ruleOfThumb, declared }) => [type, fit, ruleOfThumb, declared]),
      ['eia1.medium', 'eia1.large', 'eia1.xlarge', 'eia2.medium', 'eia2.large', 'eia2.xlarge'].map((type) => [
        type,
        'fits',
        true,
        type === 'eia1.medium',
      ]),
    );
    assert.match(messages(plan, 'note').join('\n'), /No ONNX Runtime provider .* ever existed.* @ model\.onnx/);
    assert.match(plan.ended, /has ended/);
    assert.equal(
      plan.successors.map(({ to }) => to),
      ['cpu', 'gpu', 'inferentia'],
    );
  }),
);

test(
  'an MXNet archive is read without MXNet',
  inFolder({}, async ({ path }) => {
    const plan = await planned(archive(MXNET), path, { batchSize: 2 });
    const [model] = plan.models;
    assert.is(plan.models.length, 1);
    assert.is(model?.version, '1.5.0');
    assert.is(model?.estimate?.weights, 10 * 192 * 4);
    assert.equal(model?.estimate?.unknown, []);
    assert.is(model?.fileBytes, MXNET['net-symbol.json'].length + MXNET['net-0000.params'].length);
    assert.equal(messages(plan, 'error'), []);
    const notes = messages(plan, 'note').join('\n');
    assert.match(notes, /operator of a training \(SoftmaxOutput\).*for_training=False.* @ net-symbol\.json/);
    assert.match(notes, /MXNet up to 1\.5: Data stays on mx\.cpu\(\)/);
  }),
);

/** What is changed in the MXNet archive, and what is found then. */
const FOUND: readonly (readonly [
  files: Readonly<Record<string, string | Buffer>>,
  eia: Over,
  severity: string,
  says: RegExp,
])[] = [
  [{}, { acceleratorType: 'eia1.medum' }, 'error', /"eia1\.medum" never existed \(did you mean 'eia1\.medium'\?\)/],
  [{}, { acceleratorType: undefined }, 'error', /type \(none\) never existed/],
  [{}, { count: 6 }, 'error', /count is 6; an instance took 1 to 5/],
  [{}, { ordinals: [1] }, 'error', /accelerator 1 does not exist with a count of 1/],
  [{}, { contexts: { model: 'eia:2', data: 'cpu' } }, 'error', /accelerator 2 does not exist/],
  [{}, { contexts: { model: 'gpu:0', data: 'cpu' } }, 'error', /context of the model is not an accelerator/],
  [{}, { contexts: { model: 'eia:0', data: 'eia:0' } }, 'error', /Data is not on the cpu/],
  [{}, { frameworkVersion: '1.7.0' }, 'error', /mx-context with mxnet 1\.7\.0 never existed together/],
  [{}, { framework: 'tensorflow' }, 'error', /mx-context with tensorflow 1\.5\.0 never existed together/],
  [
    { 'net-symbol.json': SYMBOL(10700) },
    {},
    'warning',
    /saved by MXNet 1\.7\.0; the EI build that is declared is 1\.5\.0/,
  ],
  [{ 'net-symbol.json': SYMBOL(10700) }, { frameworkVersion: undefined }, 'warning', /declared is MXNet up to 1\.5/],
  [{ 'net-symbol.json': '{}' }, {}, 'error', /Not an MXNet graph: it has no nodes/],
  [{ 'net-0000.params': 'none' }, {}, 'error', /parameters cannot be read: does not begin like/],
  [{ 'net-0000.params': encodeParams([]) }, {}, 'error', /reads 'fc_weight', which neither/],
  [{ 'signature.json': '{' }, {}, 'error', /reads 'data', which neither/],
  [{ 'model.onnx': 'no protobuf' }, {}, 'error', /not a readable ONNX model/],
  [{ 'net-symbol.json': SYMBOL(10500, 'Custom') }, {}, 'note', /size of 2 results is not known and not counted/],
  [{ 'model.pt': 'x' }, {}, 'note', /Its graph is not read here/],
  [{ 'service.py': 'ctx = mx.gpu(0)\n' }, {}, 'warning', /mx\.gpu\(\) was not supported.* @ service\.py:1/],
  [
    { 'service.py': '#\nx = mx.nd.array(d, ctx=mx.eia())\n' },
    {},
    'warning',
    /array is placed on the accelerator.* @ service\.py:2/,
  ],
  [{ 'service.py': 'm.bind(data_shapes=s)\n' }, {}, 'warning', /without for_training=False/],
  [
    { 'service.py': '#\nm.bind(\n  data_shapes=[(1, 3)],\n)\n' },
    {},
    'warning',
    /without for_training=False.* @ service\.py:2/,
  ],
  [{ 'service.py': 'loss.backward()\n' }, {}, 'warning', /backward pass/],
];

test(
  'what never existed together, what cannot be read, what the EI builds did not allow',
  inFolder({}, async ({ path }) => {
    for (const [files, eia, severity, says] of FOUND) {
      const plan = await planned(archive({ ...MXNET, ...files }, { ...EIA, ...eia }), path);
      assert.match(messages(plan, severity).join('\n'), says, String(says));
    }
  }),
);

test(
  'comments, texts and what is right are no findings',
  inFolder({}, async ({ path }) => {
    const service =
      "# mx.gpu(0)\n'''mx.gpu(0)'''\nm.bind(for_training=False, data_shapes=s)\nm.bind(\n  data_shapes=[('x', (1, 3))],\n  for_training=False,\n)\nx = mx.nd.array(d, ctx=mx.cpu())\n";
    const plan = await planned(archive({ ...MXNET, 'service.py': service }), path);
    assert.equal(messages(plan, 'warning'), []);
    assert.equal(messages(plan, 'error'), []);
  }),
);

test(
  'a model that is too large, one that is tight, and one of which nothing is known',
  inFolder({}, async ({ path }) => {
    const dims = (gigabytes: number) => [1, 1024, 1024, 256 * gigabytes];
    const large = (gigabytes: number) =>
      encodeOnnx({
        inputs: [{ name: 'x', dims: dims(gigabytes) }],
        outputs: [{ name: 'y', dims: dims(gigabytes) }],
        nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      });
    const fits = async (model: Buffer | string) => {
      const plan = await planned(archive({ 'service.py': SERVICE, 'model.onnx': model }), path);
      return plan.accelerators.map(({ fit }) => fit).join(' ');
    };
    assert.is(await fits(large(1)), 'no tight fits tight fits fits');
    assert.is(await fits('no protobuf'), 'unknown unknown unknown unknown unknown unknown');
  }),
);

test(
  'an archive without a model, and one without an accelerator',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'm.mar');
    writeFileSync(file, archive({ 'service.py': SERVICE }));
    await rejectsWith('ERR_EIA_NO_MODEL', () => planEia(file));
    const plan = await planned(archive({ 'service.py': SERVICE, 'model.onnx': ONNX }, null), path);
    assert.is(plan.declared, undefined);
    assert.ok(plan.accelerators.every(({ declared }) => !declared));
  }),
);

test(
  'mar eia plan: the report, its exit codes, open axes, JSON',
  inFolder({}, async ({ path }) => {
    const wide = encodeOnnx({ inputs: [{ name: 'input', dims: ['batch', 'width'] }] });
    writeFileSync(join(path, 'm.mar'), archive({ 'service.py': SERVICE, 'model.onnx': wide }));
    const { code, stdout } = await runMar(['eia', 'plan', '--batch-size', '4'], { cwd: path });
    assert.is(code, 0);
    assert.match(stdout, /Nothing was run, no accelerator was reached\./);
    assert.match(stdout, /Accelerators as they were, batch 4\n/);
    assert.match(stdout, /eia1\.medium +1024 MiB +files fit +fits +← declared/);
    assert.match(stdout, /open axis width is taken for 128; --axis width=N/);
    assert.match(stdout, /has ended[\s\S]*What can replace it[\s\S]*inferentia/);
    const told = await runMar(['eia', 'plan', 'm.mar', '--axis', 'width=7', '--json'], { cwd: path });
    const plan: EiaPlan = JSON.parse(told.stdout);
    assert.equal(plan.models[0]?.estimate?.assumed, {});
    assert.is(plan.models[0]?.estimate?.activations, 7 * 4 + 7 * 4);
    assert.is((await runMar(['eia', 'plan', 'm.mar', '--axis', 'width'], { cwd: path })).code, 2);
    writeFileSync(join(path, 'm.mar'), archive({ 'service.py': SERVICE, 'model.onnx': 'broken' }));
    assert.is((await runMar(['eia', 'plan'], { cwd: path })).code, 1);
  }),
);

test.run();
