import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convert, predict } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
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

const LEGACY = JSON.stringify({
  Model: { Service: 'old_service.py', 'Model-Name': 'old', Symbol: 'old-symbol.json', Parameters: 'old-0000.params' },
  Engine: { MXNet: 0.12 },
});

test(
  'a manifest of 0.4 becomes one of 1.0, and the model loads; a service that derives from one of 0.4 is refused',
  inFolder({ 'MANIFEST.json': LEGACY, 'old_service.py': PYTHON['service.py'] ?? '' }, async ({ path, write }) => {
    const out = `${path}-old.mar`;
    try {
      const { changed } = await convert(path, { to: 'mms', out });
      assert.equal(lines(changed), [
        'manifest of 0.4 (MANIFEST.json): rewritten in the form of 1.0',
        'handler old_service.py: spelled old_service:handle, which names what is called',
      ]);
      const { body } = await predict(out, { bytes: Buffer.from('4'), contentType: 'text/plain' });
      assert.equal(JSON.parse(body.toString()), { twice: 8 });
    } finally {
      rmSync(out, { force: true });
    }
    write({
      'old_service.py':
        'from mms.model_service.mxnet_model_service import SingleNodeService\n\n\nclass Old(SingleNodeService):\n    pass\n',
    });
    const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => convert(path, { to: 'mms', out }));
    assert.match(
      refused.detail ?? '',
      /old_service\.py derives from a service of Multi Model Server 0\.4 \(mms\.model_service/,
    );
  }),
);

test('a handler that imports the package of another server is refused, unless it may be absent or is packed', async () => {
  const handle = '\n\ndef handle(data, context):\n    return data\n';
  const convertWith = (files: Readonly<Record<string, string>>) =>
    withArchive(files, { modelName: 'tied', handler: 'service.py' }, async ({ to }) => {
      await to({ to: 'mms' });
    });
  const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () =>
    convertWith({ 'service.py': `import ts.torch_handler${handle}` }),
  );
  assert.match(refused.detail ?? '', /imports ts, the package of TorchServe itself/);
  await convertWith({ 'service.py': `try:\n    import ts\nexcept ImportError:\n    ts = None${handle}` });
  await convertWith({ 'service.py': `import ts${handle}`, 'ts.py': '' });
});

test('a record of a verification stays behind: the content is another', async () => {
  await withArchive(
    PYTHON,
    { modelName: 'twice', handler: 'service.py', archiveFormat: 'no-archive' },
    async ({ archive, to }) => {
      writeFileSync(join(archive, 'MAR-INF/verification.json'), '{}');
      const { lost, files } = await to({ to: 'mms' });
      assert.equal(lines(lost), ['MAR-INF/verification.json: it records a run of other content']);
      assert.not.ok(files.some(({ path }) => path === 'MAR-INF/verification.json'));
    },
  );
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
