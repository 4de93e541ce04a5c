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
  'files land at the top, directories keep their tree, a slash at the end gives their contents',
  inFolder(FILES, async ({ path }) => {
    assert.equal(await packed(path, 'a.txt, b.json'), ['a.txt', 'b.json']);
    assert.equal(await packed(path, 'dir'), ['dir/one.txt', 'dir/sub/two.txt']);
    assert.equal(await packed(path, 'dir/'), ['one.txt', 'sub/two.txt']);
    assert.equal(await packed(path, 'dir/sub/two.txt'), ['two.txt']);
    assert.equal(await packed(path, 'a.txt,a.txt,handler.py'), ['a.txt']);
    assert.equal(await packed(path, '*.txt'), ['a.txt']);
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
