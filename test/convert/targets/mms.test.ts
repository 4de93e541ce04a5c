import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convert } from '#index.js';
import { missingPeer } from '../../support/peers.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { lines, NODE, PYTHON, withArchive } from '../samples.js';
import { sameOnPeer } from './peer-rows.js';

test('an archive in the form of TorchServe takes that of Multi Model Server', async () => {
  const files = { ...PYTHON, 'weights.bin': 'w' };
  await withArchive(files, { modelName: 'twice', handler: 'service.py', version: '2.0' }, async ({ to }) => {
    const torch = await to({ to: 'torchserve' });
    const back = await convert(torch.output, { to: 'mms' });
    assert.match(
      lines(back.changed).join('\n'),
      /^manifest: in the form of Multi Model Server: modelServerVersion, .* added; createdOn, archiverVersion left out$/m,
    );
    assert.equal(back.lost, []);
  });
});

test('an Elastic Inference context is told, and where settings have to be given instead', async () => {
  const options = { modelName: 'twice', handler: 'service.py', accelerator: 'eia1.medium' } as const;
  await withArchive(PYTHON, options, async ({ to }) => {
    const { lost } = await to({ to: 'mms', workers: 2, batchSize: 4 });
    assert.equal(lines(lost), [
      'the device context eia:0: Elastic Inference has ended: nothing attaches an accelerator, and the model runs on the CPU',
      'workers 2: Multi Model Server reads no settings from archives: register it with initial_workers=2',
      'batch size 4: Multi Model Server reads no settings from archives: register it with batch_size=4',
    ]);
  });
});

test("TorchServe's own handlers are refused", async () => {
  await withArchive({ 'model.pt': 'x' }, { modelName: 'of-torch', handler: 'image_segmenter' }, async ({ to }) => {
    const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'mms' }));
    assert.match(refused.detail ?? '', /\[MAR319 handler-of-torchserve\]/);
  });
});

testUnless(missingPeer('mms'), test, 'Multi Model Server answers with a Python archive as ours does', () =>
  sameOnPeer('mms', 'mms', PYTHON, { modelName: 'twice', handler: 'service.py' }),
);

testUnless(missingPeer('mms'), test, 'Multi Model Server answers with a Node archive as ours does', () =>
  sameOnPeer('mms', 'mms', NODE, { modelName: 'twice', handler: 'service.js' }),
);

test.run();
