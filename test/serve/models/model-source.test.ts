import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { locateModel, nameFromSource } from '#serve/models/model-source.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const FILES = { 'store/a.mar': '', 'store/a..b.mar': '', 'store/..c.mar': '', 'store/sub/d.mar': '', 'out.mar': '' };

async function refusal(url: string, options: Parameters<typeof locateModel>[1]): Promise<string> {
  return (await rejectsWith('ERR_MODEL_NOT_FOUND', () => locateModel(url, options))).message;
}

test(
  'a name of the store is a file or a folder in it; nothing leads out of it, and names with dots do not try to',
  inFolder(FILES, async ({ path }) => {
    const modelStore = join(path, 'store');
    for (const name of ['a.mar', 'a..b.mar', '..c.mar', 'sub/d.mar', '/a.mar', 'sub/../a.mar']) {
      assert.equal(await locateModel(name, { modelStore }), { kind: 'file', path: join(modelStore, name) }, name);
    }
    assert.equal(await locateModel('sub', { modelStore }), { kind: 'directory', path: join(modelStore, 'sub') });
    for (const name of ['../out.mar', 'sub/../../out.mar', '..', '/../out.mar', 'x..y.mar'])
      assert.is(await refusal(name, { modelStore }), `Relative path is not allowed in url: ${name}`);
    for (const name of ['none.mar', 'a.mar/x', '/etc/passwd', 'a.mar\0'])
      assert.is(await refusal(name, { modelStore }), `Model not found in model store: ${name}`);
  }),
);

test(
  'a path of the command line may lie anywhere; it is looked for there first, then in the store',
  inFolder({ ...FILES, 'store/out.mar': '' }, async ({ path }) => {
    const modelStore = join(path, 'store');
    const local = { local: true, cwd: join(path, 'store/sub') };
    assert.equal(await locateModel('../../out.mar', local), { kind: 'file', path: join(path, 'out.mar') });
    assert.equal(await locateModel('a.mar', { ...local, modelStore }), {
      kind: 'file',
      path: join(modelStore, 'a.mar'),
    });
    const here = { local: true, cwd: path, modelStore };
    assert.equal(await locateModel('out.mar', here), { kind: 'file', path: join(path, 'out.mar') });
    assert.is(await refusal('none.mar', local), `none.mar does not exist in ${join(path, 'store/sub')}.`);
  }),
);

test('without a store only URLs are taken; one that is none is said without its secrets', async () => {
  assert.equal(await locateModel('HTTPS://x/y.mar', {}), { kind: 'url', url: 'HTTPS://x/y.mar' });
  assert.is(await refusal('y.mar', {}), 'Model store has not been configured.');
  assert.is(await refusal('no-such.mar', { local: true }), `no-such.mar does not exist in ${process.cwd()}.`);
  assert.match(await refusal('http://user:secret@[/y.mar', {}), /^Invalid model url: (?!.*secret)/);
});

test(
  'a file URL names any archive on the command line, spaces and percent signs decoded; a registration finds none by it, as recorded',
  inFolder({ 'store/a b.mar': '', 'store/100%.mar': '', 'out.mar': '' }, async ({ path }) => {
    const modelStore = join(path, 'store');
    for (const [tail, name] of [
      ['a%20b.mar', 'a b.mar'],
      ['a b.mar', 'a b.mar'],
      ['100%25.mar', '100%.mar'],
    ] as const) {
      const file = { kind: 'file', path: join(modelStore, name) };
      const url = `file://${modelStore}/${tail}`;
      assert.is(await refusal(url, { modelStore }), `Model not found in model store: ${url}`);
      assert.equal(await locateModel(`FILE://${modelStore}/${tail}`, { local: true }), file, tail);
    }
    const out = `file://${path}/out.mar`;
    assert.equal(await locateModel(out, { local: true }), { kind: 'file', path: join(path, 'out.mar') });
    assert.is(await refusal(out, { modelStore }), `Model not found in model store: ${out}`);
    assert.is(await refusal(out, {}), 'Model store has not been configured.');
    for (const wrong of [`file://${modelStore}/100%.mar`, 'file://host/a.mar', 'file:///a%2Fb.mar'])
      assert.match(await refusal(wrong, { local: true }), `${wrong} is not the URL of a file here: `);
  }),
);

test('a model of the start is called after its file', () => {
  for (const [source, name] of [
    ['https://x/y-1.mar?X-Signature=a/b', 'y_1'],
    ['/x/resnet-152.mar', 'resnet_152'],
    ['a.tar.gz', 'a'],
    ['_x.mar', '_x'],
    ['models/', ''],
    ['dir', 'dir'],
  ] as const)
    assert.is(nameFromSource(source), name, source);
});

test.run();
