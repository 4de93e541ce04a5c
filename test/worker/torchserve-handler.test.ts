import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { inFolder } from '../support/model-folder.js';
import { missingPeer, peerPython } from '../support/peers.js';
import { withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const HANDLER = `
from ts.torch_handler.base_handler import BaseHandler
from ts.utils.util import PredictionException
import torch


class Doubler(BaseHandler):
    def preprocess(self, data):
        rows = [row.get("data") or row.get("body") for row in data]
        if any(not isinstance(row, list) for row in rows):
            raise PredictionException("a list of numbers is needed", 422)
        return torch.tensor(rows, dtype=torch.float32)

    def postprocess(self, output):
        self.context.metrics.add_counter("Rows", len(output), None)
        return output.tolist()
`;
const MANIFEST = {
  createdOn: '01/01/2026 00:00:00',
  runtime: 'python',
  model: {
    modelName: 'doubler',
    modelVersion: '1.0',
    serializedFile: 'model.pt',
    handler: 'doubler.py',
    configFile: 'config.yaml',
  },
  archiverVersion: '0.12.0',
};
/** A TorchScript model that doubles its input. */
const MAKE_MODEL = `
import sys, torch
torch.jit.trace(lambda x: x * 2, torch.zeros(1, 2)).save(sys.argv[1])
`;

const job = (body: unknown, id = 'a') => ({
  id,
  headers: [],
  parameters: [{ name: 'body', contentType: 'application/json', value: Buffer.from(JSON.stringify(body)) }],
});

const { configFile: _, ...WITHOUT_CONFIG } = MANIFEST.model;

for (const [name, model, config] of [
  ['with a configuration', MANIFEST.model, 'handler:\n  key: 1\n'],
  ['with an empty configuration', MANIFEST.model, ''],
  ['without a configuration', WITHOUT_CONFIG, ''],
] as const)
  testUnless(
    missingPeer('torchserve'),
    test,
    `a handler derived from TorchServe's BaseHandler ${name} runs its TorchScript model in our Python worker`,
    inFolder(
      { 'doubler.py': HANDLER, 'MAR-INF/MANIFEST.json': JSON.stringify({ ...MANIFEST, model }), 'config.yaml': config },
      async ({ path: modelDir }) => {
        const python = peerPython('torchserve') ?? '';
        execFileSync(python, ['-c', MAKE_MODEL, join(modelDir, 'model.pt')]);
        const lines: string[] = [];
        const worker = await WorkerHandle.start({
          modelName: 'doubler',
          modelDir,
          handler: 'doubler.py',
          runtime: 'python',
          batchSize: 2,
          python,
          onLine: ({ text }) => lines.push(text),
        });
        const { code, predictions } = await worker.predict([job([1, 2], 'a'), job([3, 4], 'b')]);
        assert.is(code, 200);
        assert.equal(
          predictions.map(({ body }) => JSON.parse(body.toString())),
          [
            [2, 4],
            [6, 8],
          ],
        );
        const refused = await worker.predict([job('no list')]);
        assert.equal([refused.code, refused.message], [422, 'a list of numbers is needed']);
        await worker.stop();
        assert.ok(
          lines.some((line) => line.startsWith('[METRICS]Rows.Count:2|')),
          lines.join('\n'),
        );
      },
    ),
  );

testUnless(
  missingPeer('torchserve'),
  test,
  'a TorchServe handler whose model is missing does not load, as in TorchServe',
  inFolder({ 'doubler.py': HANDLER, 'MAR-INF/MANIFEST.json': JSON.stringify(MANIFEST) }, async ({ path: modelDir }) => {
    const python = peerPython('torchserve') ?? '';
    const options = {
      modelName: 'doubler',
      modelDir,
      handler: 'doubler.py',
      runtime: 'python',
      batchSize: 1,
      python,
    } as const;
    const error = await WorkerHandle.start(options).catch((thrown: unknown) => thrown);
    assert.match(String(error), 'failed to load');
  }),
);

const COUNTED = `
class Handler:
    def initialize(self, context):
        self.context = context

    def handle(self, data, context):
        context.metrics.get_metric("Seen", "GAUGE").add_or_update(len(data), ["m"])
        return ["counted" for _ in data]
`;

testUnless(missingPeer('torchserve'), test, 'metrics of metrics_config are found in the cache, and those only', () =>
  withRunner(
    { 'counted.py': COUNTED },
    async (runner) => {
      await runner.manage('POST', '/models?url=counted&initial_workers=1&synchronous=true');
      assert.is(await (await runner.predict('counted')).text(), 'counted');
      assert.ok(runner.log.some(({ message }) => /Seen\.Percent:1\|#ModelName:m\|#type:GAUGE/.test(message)));
    },
    {
      properties: `python=${peerPython('torchserve')}\nmetrics_config=metrics.yaml\n`,
      files: {
        'metrics.yaml': 'model_metrics:\n  gauge:\n    - {name: Seen, unit: percent, dimensions: [ModelName]}\n',
      },
    },
  ),
);

test.run();
