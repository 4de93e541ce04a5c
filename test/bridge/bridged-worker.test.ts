import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { extract, pack, validate } from '#index.js';
import { PACKAGE_ROOT } from '#own-files.js';
import { encodeOnnx } from '../models/onnx/encode-onnx.js';
import { inFolder } from '../support/model-folder.js';
import { bareNode } from './bare-node.js';
import { SOURCE } from './echo-service.js';

test(
  'our Python worker runs the bridge, as the servers do',
  inFolder(SOURCE, async ({ path }) => {
    const { target } = await pack({
      modelName: 'echo',
      modelPath: join(path, 'echo'),
      handler: 'service.ts',
      exportPath: path,
      bridge: true,
    });
    const modelDir = join(path, 'unpacked');
    await extract(target, modelDir);
    const lines: string[] = [];
    const worker = await WorkerHandle.start({
      ...{ modelName: 'echo', modelDir, handler: 'mar_bridge:handle', runtime: 'python', batchSize: 1 },
      onLine: ({ text }) => lines.push(text),
    });
    try {
      const parameters = [{ name: 'body', contentType: 'text/plain', value: Buffer.from('teapot') }];
      const { code, predictions } = await worker.predict([{ id: 'one', headers: [['X-Asked', 'yes']], parameters }]);
      const [{ status, phrase, contentType, body } = { body: '' }] = predictions;
      assert.equal(
        [code, status, phrase, contentType, String(body)],
        [200, 418, 'I am a teapot', 'text/x-tea', 'short and stout'],
      );
    } finally {
      await worker.stop();
    }
    assert.ok(lines.includes('echo is loaded: echo'), lines.join('\n'));
  }),
);

test(
  'behind the bridge declared inputs are checked, and configurations are read',
  inFolder(
    {
      'declared/service.mjs':
        "export const inputs = { n: { type: 'integer', minimum: 1 } };\nexport const handle = (batch) => batch.map(({ n }) => n + 1);\n",
      'tensor/model.onnx': encodeOnnx({
        inputs: [{ name: 'x', dims: [1, 2] }],
        outputs: [{ name: 'y', dims: [1, 2] }],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      }),
      'tensor/service.json': '{ "batch": false }',
    },
    async ({ path }) => {
      const answersOf = async (name: string, handler: string, ...values: unknown[]) => {
        const { target } = await pack({
          modelName: name,
          modelPath: join(path, name),
          handler,
          exportPath: path,
          bridge: true,
        });
        const modelDir = join(path, 'unpacked', name);
        await extract(target, modelDir);
        const worker = await WorkerHandle.start({
          ...{ modelName: name, modelDir, handler: 'mar_bridge:handle', runtime: 'python', batchSize: 1 },
          env: { ...process.env, MAR_NODE_PATH: join(PACKAGE_ROOT, 'node_modules') },
        });
        try {
          const answers: (readonly [number, string])[] = [];
          for (const value of values) {
            const json = { contentType: 'application/json', value: Buffer.from(JSON.stringify(value)) };
            const job = { id: 'one', headers: [], parameters: [{ name: 'body', ...json }] };
            const [answer] = (await worker.predict([job])).predictions;
            answers.push([answer?.status ?? 0, String(answer?.body)]);
          }
          return answers;
        } finally {
          await worker.stop();
        }
      };
      const [right, wrong] = await answersOf('declared', 'service.mjs', { n: 1 }, { n: 0 });
      assert.equal(right, [200, '2']);
      assert.is(wrong?.[0], 400);
      assert.match(wrong?.[1] ?? '', "the input 'n' is 0, expected an integer of at least 1");
      const [tensor] = await answersOf('tensor', 'tensor', [[1, 2]]);
      assert.is(tensor?.[0], 200, tensor?.[1]);
    },
  ),
);

test(
  'validate --run for a server alone runs the bridge, in Python and with the Node that a server would find',
  inFolder(SOURCE, async ({ path }) => {
    const options = {
      modelName: 'echo',
      modelPath: join(path, 'echo'),
      handler: 'service.ts',
      exportPath: path,
    } as const;
    const { target } = await pack({ ...options, target: 'mms' });
    const run = async (env: string | undefined, ...targets: ('local' | 'mms')[]) => {
      const before = process.env['MAR_NODE'];
      if (env !== undefined) process.env['MAR_NODE'] = env;
      try {
        const { archives } = await validate([target], { target: targets, run: true, contain: 'never' });
        return archives[0]?.findings.map(({ rule, message }) => `${rule} ${message}`) ?? [];
      } finally {
        if (before === undefined) delete process.env['MAR_NODE'];
        else process.env['MAR_NODE'] = before;
      }
    };
    const broken = bareNode(path, '[ "$1" = --version ] && echo v22.1.0 || exit 3');
    const through = await run(undefined, 'mms');
    assert.equal(
      through.filter((finding) => !/^MAR(229|503) /.test(finding)),
      [],
    );
    const without = await run(broken, 'mms');
    assert.ok(
      without.some((finding) => /^MAR510 .*exited with code 3/s.test(finding)),
      without.join('\n'),
    );
    const direct = await run(broken, 'local', 'mms');
    assert.is(direct.filter((finding) => finding.startsWith('MAR510')).length, 0, 'our runner needs no other Node');
  }),
);

test.run();
