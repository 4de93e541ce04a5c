import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const FILES = {
  'handler.py': 'def handle(d, c): return d\n',
  'a.txt': 'a',
  'b.json': '{}',
  'dir/one.txt': '1',
  'dir/sub/two.txt': '2',
  'dir/.hidden': 'x',
  'other/one.txt': 'other',
  '.dot.txt': 'x',
};

async function packed(cwd: string, extraFiles: string): Promise<string[]> {
  const { entries } = await pack({
    modelName: 'x',
    version: '1.0',
    handler: 'handler.py',
    extraFiles,
    cwd,
    dryRun: true,
  });
  return entries.map(({ path }) => path).filter((path) => path !== 'handler.py' && !path.startsWith('MAR-INF/'));
}

test(
  "files named one by one, TorchServe's form: files and the contents of directories land at the top",
  inFolder(FILES, async ({ path }) => {
    assert.equal(await packed(path, 'a.txt, b.json'), ['a.txt', 'b.json']);
    assert.equal(await packed(path, 'dir'), ['one.txt', 'sub/two.txt']);
    assert.equal(await packed(path, 'dir/'), ['one.txt', 'sub/two.txt']);
    assert.equal(await packed(path, 'dir/sub/two.txt'), ['two.txt']);
    assert.equal(await packed(path, 'a.txt,a.txt,handler.py'), ['a.txt']);
    assert.equal(await packed(path, '*.txt'), ['a.txt']);
  }),
);

test(
  'a bare directory keeps its tree beside a model directory; its contents go to the top in the other form, which is said',
  inFolder({ ...FILES, 'm/service.py': 'def handle(d, c): return d\n' }, async ({ path }) => {
    const build = async (extraFiles: string, options: { modelPath?: string; version?: string }) => {
      const handler = options.modelPath === undefined ? 'handler.py' : 'service.py';
      const { entries, warnings } = await pack({
        ...{ modelName: 'x', handler, cwd: path, dryRun: true, extraFiles },
        ...options,
      });
      const files = entries.map((entry) => entry.path).filter((name) => name.endsWith('.txt'));
      return { files, warned: warnings.filter(({ code }) => code === 'extra-directory').map(({ message }) => message) };
    };
    const torchserve = { version: '1.0' };
    const model = { modelPath: 'm' };
    const flat = await build('dir', torchserve);
    assert.equal(flat.files, ['one.txt', 'sub/two.txt']);
    assert.match(flat.warned[0] ?? '', 'Say dir/ if that is meant, dir=dir to keep them in a folder');
    assert.equal((await build('dir/', torchserve)).warned, []);
    assert.equal(await build('dir', model), { files: ['dir/one.txt', 'dir/sub/two.txt'], warned: [] });
    for (const form of [torchserve, model])
      assert.equal(await build('d=dir/sub', form), { files: ['d/two.txt'], warned: [] });
    await rejectsWith('ERR_FILE_MISSING', () => build('d=a.txt', torchserve));
    await rejectsWith('ERR_FILE_MISSING', () => build('..=dir', torchserve));
    writeFileSync(join(path, 'd=dir'), 'a file of that name');
    await rejectsWith('ERR_FILE_MISSING', () => build('d=nowhere', torchserve));
    const { entries } = await pack({
      modelName: 'x',
      handler: 'handler.py',
      cwd: path,
      dryRun: true,
      extraFiles: 'd=dir',
      ...torchserve,
    });
    assert.ok(entries.some((entry) => entry.path === 'd=dir'));
  }),
);

test(
  "a handler that both have is TorchServe's where files are named one by one, and the built-in service in a model directory",
  inFolder({ 'm/net.onnx': 'onnx' }, async ({ path }) => {
    const options = { modelName: 'x', handler: 'image_classifier', cwd: path, dryRun: true };
    const named = { ...options, version: '1.0', serializedFile: 'm/net.onnx' };
    const theirs = await pack(named);
    assert.is(theirs.manifest.runtime, 'python');
    const said = theirs.warnings.map(({ code, message }) => `${code}: ${message}`).join('\n');
    assert.match(said, 'handler-of-torchserve: image_classifier is TorchServe');
    assert.match(said, '--runtime nodejs');
    for (const ours of [await pack({ ...named, runtime: 'nodejs' }), await pack({ ...options, modelPath: 'm' })]) {
      assert.is(ours.manifest.runtime, 'nodejs');
      assert.equal(ours.warnings, []);
    }
    const asked = await pack({ ...named, runtime: 'python' });
    assert.equal(asked.warnings, []);
    assert.is((await pack({ ...named, handler: 'tensor' })).manifest.runtime, 'nodejs');
  }),
);

test(
  'two files for one name are an error that names both',
  inFolder(FILES, async ({ path }) => {
    const error = await rejectsWith('ERR_FILES_CLASH', () => packed(path, 'dir/,other/'));
    assert.match(error.message, /dir\/one\.txt/);
    assert.match(error.message, /other\/one\.txt/);
    await rejectsWith('ERR_FILES_CLASH', () => packed(path, 'dir/one.txt,other/one.txt'));
  }),
);

test(
  'a pattern without a match is a warning, a file that does not exist an error',
  inFolder(FILES, async ({ path }) => {
    const options = { modelName: 'x', version: '1', handler: 'handler.py', cwd: path, dryRun: true };
    const { warnings } = await pack({ ...options, extraFiles: 'z*.txt' });
    assert.match(warnings[0]?.message ?? '', /z\*\.txt/);
    await rejectsWith('ERR_FILE_MISSING', () => pack({ ...options, extraFiles: 'a.txt,none.txt' }));
  }),
);

test.run();
