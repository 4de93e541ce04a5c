import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import { findManifest } from '#manifest/read-manifest.js';
import { layFolder } from '../../support/model-folder.js';
import { missingPeer } from '../../support/peers.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { lines, NODE, PYTHON, withArchive } from '../samples.js';
import { sameOnPeer } from './peer-rows.js';

/** The manifest of an archive, and the text of one of its entries. */
async function manifestOf(path: string, entry?: string) {
  const archive = await openArchive(path);
  try {
    const { document } = await findManifest(archive);
    const found = entry === undefined ? undefined : archive.get(entry);
    return { file: document?.file ?? {}, text: found && (await archive.bytes(found)).toString('utf8') };
  } finally {
    await archive.close();
  }
}

test("the manifest has TorchServe's form, the handler names what is called, settings go into model-config.yaml", async () => {
  await withArchive(PYTHON, { modelName: 'twice', handler: 'service.py', record: false }, async ({ folder, to }) => {
    const { output, changed, carried, lost } = await to({
      to: 'torchserve',
      workers: 2,
      batchSize: 4,
      maxBatchDelay: 50,
    });
    assert.is(output, join(folder, 'twice-torchserve.mar'));
    const { file, text } = await manifestOf(output, 'model-config.yaml');
    assert.equal(file, {
      createdOn: '01/01/1980 00:00:00',
      archiverVersion: '0.12.0',
      runtime: 'python',
      model: { modelName: 'twice', handler: 'service:handle', modelVersion: '1.0', configFile: 'model-config.yaml' },
    });
    assert.is(text, 'minWorkers: 2\nmaxWorkers: 2\nbatchSize: 4\nmaxBatchDelay: 50\n');
    assert.equal(lines(changed), [
      'manifest: in the form of TorchServe: createdOn, archiverVersion added; modelServerVersion, implementationVersion, specificationVersion left out',
      'handler service.py: spelled service:handle, which names what is called',
      'model version: 1.0, as TorchServe takes a model without one',
    ]);
    assert.equal(lines(carried), [
      '2 files: as they are',
      'workers 2: model-config.yaml, which TorchServe reads',
      'batch size 4: model-config.yaml, which TorchServe reads',
      'batch delay in ms 50: model-config.yaml, which TorchServe reads',
    ]);
    assert.equal(lost, []);
  });
});

test("the archive's own model-config.yaml is completed, comments and all, and has the last word without flags", async () => {
  const config = layFolder({ 'my.yaml': '# ours\nbatchSize: 8\n' });
  const options = { modelName: 'twice', handler: 'service.py', configFile: join(config.path, 'my.yaml') };
  await withArchive(PYTHON, options, async ({ to }) => {
    config.remove();
    const { output } = await to({ to: 'torchserve', workers: 3 });
    assert.is((await manifestOf(output, 'my.yaml')).text, '# ours\nbatchSize: 8\nminWorkers: 3\nmaxWorkers: 3\n');
    const over = await to({ to: 'torchserve', batchSize: 2, force: true });
    assert.is((await manifestOf(over.output, 'my.yaml')).text, '# ours\nbatchSize: 2\n');
    const { lost } = await to({ to: 'mms' });
    assert.equal(lines(lost), [
      'configFile my.yaml: the file is carried, but only TorchServe reads it',
      'batch size 8: Multi Model Server reads no settings from archives: register it with batch_size=8',
    ]);
  });
});

test('a Node handler gets the bridge; --bridge-node pip brings its requirement and keeps the others', async () => {
  const files = { ...NODE, 'requirements.txt': 'numpy\n' };
  await withArchive(files, { modelName: 'twice', handler: 'service.js' }, async ({ to }) => {
    const { output, changed, notes } = await to({ to: 'torchserve', bridgeNode: 'pip' });
    const { file, text } = await manifestOf(output, 'requirements.txt');
    assert.is(text, 'numpy\nnodejs-wheel-binaries==22.*\n');
    assert.match(JSON.stringify(file), /"handler":"mar_bridge:handle".*"bridge":\{"handler":"service:handle"\}/);
    assert.match(lines(changed).join('\n'), /handler service:handle: the server reaches it through mar_bridge:handle/);
    assert.match(notes.join('\n'), /\[MAR229 /);
  });
});

test('what the server would not load is refused before it appears', async () => {
  const files = { 'service.py': 'import not_packed_anywhere.really\n\n\ndef handle(data):\n    return data\n' };
  await withArchive(files, { modelName: 'bad', handler: 'service.py' }, async ({ to }) => {
    const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'torchserve' }));
    assert.match(refused.detail ?? '', /service\.py.*\[MAR306 handler-arity\]/);
  });
});

testUnless(missingPeer('torchserve'), test, 'TorchServe answers with a Python archive as ours does', () =>
  sameOnPeer('torchserve', 'torchserve', PYTHON, { modelName: 'twice', handler: 'service.py' }),
);

testUnless(missingPeer('torchserve'), test, 'TorchServe answers with a Node archive as ours does', () =>
  sameOnPeer('torchserve', 'torchserve', NODE, { modelName: 'twice', handler: 'service.js' }),
);

test.run();
