import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultsOf, judged, sentenceOf } from '#check/judged.js';
import { convert, deployDocker } from '#index.js';
import { type Folder, layFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { pythonFiles, SCRIPT_HANDLER, scriptFiles, zip } from './sample-archives.js';

const test = suite<{ folder: Folder; good: string; damaged: string }>('judged for another command');
test.before((context) => {
  context.folder = layFolder({});
  context.good = join(context.folder.path, 'good.mar');
  context.damaged = join(context.folder.path, 'damaged.mar');
  const entries = { 'service.mjs': { size: SCRIPT_HANDLER.length, sha256: '0'.repeat(64) } };
  writeFileSync(context.good, zip(pythonFiles()));
  writeFileSync(context.damaged, zip(scriptFiles({}, { entries })));
});
test.after(({ folder }) => folder.remove());

test('a fault is one sentence with its rule, and the same to whoever refuses the archive', async (context) => {
  const { folder, good, damaged } = context;
  assert.equal(faultsOf(await judged(good, 'local')), []);
  const [fault = '', ...more] = faultsOf(await judged(damaged, 'local'));
  assert.match(fault, /^service\.mjs .* \[MAR131 [a-z-]+\]$/);
  assert.equal(more, []);
  const out = join(folder.path, 'out');
  const undeployed = await rejectsWith('ERR_DEPLOY_INVALID', () => deployDocker(damaged, { out }));
  const unconverted = await rejectsWith('ERR_NOT_CONVERTIBLE', () => convert(damaged, { to: 'torchserve', out }));
  assert.is(undeployed.detail, `  - ${fault}`);
  assert.is(unconverted.detail, undeployed.detail);
});

test('the place stands before a message that does not name it', async ({ damaged }) => {
  const [finding] = await judged(damaged, 'local');
  if (finding === undefined) throw new Error('nothing is found in a damaged archive');
  const said = { ...finding, rule: 'MAR999', name: 'x', message: 'It is odd.' };
  assert.is(sentenceOf({ ...said, at: { entry: 'a.py' } }), 'a.py: It is odd. [MAR999 x]');
  assert.is(sentenceOf({ ...said, message: 'a.py is odd.', at: { entry: 'a.py' } }), 'a.py is odd. [MAR999 x]');
});

test('what cannot be looked at is its own error', async ({ folder }) => {
  await rejectsWith('ERR_ARCHIVE_NOT_FOUND', () => judged(join(folder.path, 'gone.mar'), 'local'));
});

test.run();
