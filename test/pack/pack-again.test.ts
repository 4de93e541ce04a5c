import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stage } from '#archive/writing/staging.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { list, PYTHON, packIn } from './pack-in.js';

test(
  'an archive that exists is kept without force and replaced with it; a directory only when it is an earlier export',
  inFolder({ ...PYTHON, 'noop.mar': 'old', 'noop/precious.txt': 'x' }, async (folder) => {
    await rejectsWith('ERR_TARGET_EXISTS', () => packIn(folder.path));
    assert.is(readFileSync(join(folder.path, 'noop.mar'), 'utf8'), 'old');
    await packIn(folder.path, { force: true });
    assert.ok((await list(join(folder.path, 'noop.mar'))).includes('service.py'));
    await rejectsWith('ERR_TARGET_EXISTS', () => packIn(folder.path, { archiveFormat: 'no-archive', force: true }));
    assert.equal(readdirSync(join(folder.path, 'noop')), ['precious.txt']);
  }),
);

test(
  'packing in place writes only what the packer makes',
  inFolder(PYTHON, async (folder) => {
    const options = { modelName: 'm', archiveFormat: 'no-archive', force: true } as const;
    const { target } = await packIn(folder.path, options);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    await packIn(folder.path, options);
  }),
);

test(
  'a handler is not left half packed in place, whatever happens',
  inFolder({ 'm/service.ts': 'export const handle = () => [1];\n' }, async (folder) => {
    const controller = new AbortController();
    const options = { modelName: 'm', archiveFormat: 'no-archive', force: true } as const;
    const stop = { ...options, signal: controller.signal, onProgress: () => controller.abort() };
    await rejectsWith('ERR_INTERRUPTED', () => packIn(folder.path, stop));
    assert.equal(readdirSync(join(folder.path, 'm')), ['service.ts']);
    await packIn(folder.path, options);
    await packIn(folder.path, { ...options, handler: 'service.ts' });
    assert.equal(readdirSync(join(folder.path, 'm')).sort(), [
      'MAR-INF',
      'service.mjs',
      'service.mjs.map',
      'service.ts',
    ]);
  }),
);

test(
  'an earlier export is replaced as a whole, and comes back when its successor cannot take its place',
  inFolder({ ...PYTHON, 'm/old.txt': 'x' }, async (folder) => {
    const options = { archiveFormat: 'no-archive', force: true } as const;
    const { target } = await packIn(folder.path, options);
    rmSync(join(folder.path, 'm/old.txt'));
    await packIn(folder.path, options);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    const staged = await stage(target, 'directory');
    rmSync(staged.path, { recursive: true });
    let failed = false;
    await staged.commit(true).catch(() => {
      failed = true;
    });
    await staged.discard();
    assert.ok(failed);
    assert.equal(readdirSync(target).sort(), ['MAR-INF', 'service.py']);
    assert.equal(readdirSync(folder.path).sort(), ['m', 'noop']);
  }),
);

test.run();
