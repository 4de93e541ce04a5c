import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planEia } from '#index.js';
import { makeResnet } from '../../examples/resnet-152-eia/make-resnet.js';

const run = promisify(execFile);
const DEMO = ['--import', 'tsx', 'examples/resnet-152-eia/demo.ts'];

/** What the demo prints, in the order of the post. */
const STEPS = [
  /\$ model-archiver --model-name resnet-152-eia .*--accelerator eia1\.medium/,
  /\$ mar validate --run OUT\/resnet-152-eia\.mar/,
  /MAR601/,
  /\$ mar eia plan OUT\/resnet-152-eia\.mar/,
  /No accelerator can be attached any more/,
  /\$ mar serve-local --models resnet-152=OUT\/resnet-152-eia\.mar/,
  /curl -X PUT .*\/models\/resnet-152\?min_worker=1&synchronous=true/,
  /curl -X POST .*\/predictions\/resnet-152 -T kitten\.png/,
  /"probability"/,
  /\$ mar eia migrate OUT\/resnet-152-eia\.mar --to cpu/,
  /Nothing in the handler is left to change/,
  /\$ mar cost examples\/resnet-152-eia\/table-1\.json/,
  /m5\.large \+ eia1\.medium +1 +1 +19\.08 +52 +0\.226 +0\.33/,
  /Nothing was measured for this table/,
];

for (const [name, flags] of [
  ['the small classifier', []],
  ['generated weights', ['--generated', '--width', '4']],
] as const) {
  test(`the post from its first command to its table, with ${name}`, async () => {
    const { stdout, stderr } = await run(process.execPath, [...DEMO, ...flags], { maxBuffer: 1 << 24 });
    const text = `${stdout}${stderr}`;
    let at = 0;
    for (const step of STEPS.filter(({ source }) => source !== 'MAR601')) {
      const found = stdout.slice(at).search(step);
      assert.ok(found >= 0, `${step} is missing behind:\n${stdout.slice(0, at)}`);
      at += found;
    }
    assert.match(text, /MAR601|Elastic Inference accelerator/);
    if (flags.length === 0) assert.match(stdout, /tiger cat/);
  });
}

test('the generated network is ResNet-152: 60 million weights at full width', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mar-resnet-'));
  try {
    makeResnet(join(folder, 'resnet-152.onnx'), 8);
    const { models } = await planEia(folder);
    const { weights } = models[0]?.estimate ?? { weights: 0 };
    assert.ok(weights > 3e6 && weights < 6e6, String(weights));
    assert.equal(models[0]?.estimate?.unknown, []);
    assert.ok((await stat(join(folder, 'resnet-152.onnx'))).size > weights);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
