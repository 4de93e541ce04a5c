import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requirementsDigest } from '#hosting/requirements-content.js';
import { inFolder, layFolder } from '../support/model-folder.js';

const FILES = {
  'requirements.txt': '-r more/list.txt\n-c bounds.txt\n./a-1.0-py3-none-any.whl\n',
  'more/list.txt': 'numpy\nb-1.0.tar.gz\n-r ../requirements.txt\n',
  'bounds.txt': 'numpy<3\n',
  'a-1.0-py3-none-any.whl': 'wheel',
  'b-1.0.tar.gz': 'archive',
  'model.onnx': 'weights',
};

test(
  'everything that a requirements file names counts, and nothing else',
  inFolder(FILES, async (folder) => {
    const digest = () => requirementsDigest(join(folder.path, 'requirements.txt'));
    const first = await digest();
    for (const [path, text] of Object.entries(FILES)) {
      folder.write({ [path]: `${text}#` });
      const changed = (await digest()) !== first;
      assert.is(changed, path !== 'model.onnx', path);
      folder.write({ [path]: text });
    }
    assert.is(await digest(), first);
    const elsewhere = layFolder(FILES);
    assert.is(await requirementsDigest(join(elsewhere.path, 'requirements.txt')), first);
    elsewhere.remove();
  }),
);

test(
  'a directory counts with its files and its place, without what pip leaves in it',
  inFolder({ 'requirements.txt': './own\n', 'own/setup.py': 'setup()', 'own/src/a.py': '1' }, async (folder) => {
    const digest = () => requirementsDigest(join(folder.path, 'requirements.txt'));
    const first = await digest();
    folder.write({ 'own/own.egg-info/PKG-INFO': 'x', 'own/src/__pycache__/a.pyc': 'x', 'own/build/lib/a.py': '1' });
    symlinkSync('..', join(folder.path, 'own/src/up'));
    assert.is(await digest(), first);
    folder.write({ 'own/src/a.py': '2' });
    assert.is.not(await digest(), first);
    const elsewhere = layFolder({ 'requirements.txt': './own\n', 'own/setup.py': 'setup()', 'own/src/a.py': '1' });
    assert.is.not(await requirementsDigest(join(elsewhere.path, 'requirements.txt')), first);
    elsewhere.remove();
  }),
);

test(
  'what is not there yet counts as such',
  inFolder({ 'requirements.txt': './later.whl\n-r none.txt\n' }, async (folder) => {
    const digest = () => requirementsDigest(join(folder.path, 'requirements.txt'));
    const first = await digest();
    folder.write({ 'none.txt': '' });
    assert.is.not(await digest(), first);
    folder.write({ 'later.whl': '' });
    assert.is.not(await digest(), first);
  }),
);

test.run();
