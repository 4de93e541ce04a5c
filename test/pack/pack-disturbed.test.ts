import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { list, PYTHON, packIn } from './pack-in.js';

test(
  'links inside are followed once; links that leave or lead nowhere are refused',
  inFolder({ ...PYTHON, 'm/data/a.txt': 'a', 'outside.txt': 'x' }, async (folder) => {
    symlinkSync('data', join(folder.path, 'm/again'));
    symlinkSync('..', join(folder.path, 'm/data/loop'));
    const { target, leftOut } = await packIn(folder.path);
    assert.equal(await list(target), ['again/a.txt', 'data/a.txt', 'service.py', 'MAR-INF/MANIFEST.json']);
    assert.ok(leftOut.some(({ path, reason }) => path === 'data/loop/' && /around it/.test(reason)));
    symlinkSync('../outside.txt', join(folder.path, 'm/out'));
    await rejectsWith('ERR_LINK_OUTSIDE', () => packIn(folder.path, { force: true }));
    await packIn(folder.path, { force: true, exclude: ['out'] });
    symlinkSync('nowhere', join(folder.path, 'm/broken'));
    await rejectsWith('ERR_LINK_BROKEN', () => packIn(folder.path, { force: true, exclude: ['out'] }));
  }),
);

test(
  'an interruption leaves nothing',
  inFolder({ ...PYTHON, 'm/weights.bin': Buffer.alloc(8 << 20, 7) }, async (folder) => {
    const controller = new AbortController();
    await rejectsWith('ERR_INTERRUPTED', () =>
      packIn(folder.path, { signal: controller.signal, onProgress: () => controller.abort() }),
    );
    assert.equal(readdirSync(folder.path), ['m']);
  }),
);

test(
  'a file that changes while it is packed stops the build',
  inFolder({ ...PYTHON, 'm/weights.bin': Buffer.alloc(8 << 20, 7) }, async (folder) => {
    let touched = false;
    await rejectsWith('ERR_FILE_CHANGED', () =>
      packIn(folder.path, {
        onProgress: ({ path }) => {
          if (path !== 'weights.bin' || touched) return;
          touched = true;
          folder.write({ 'm/weights.bin': 'short' });
        },
      }),
    );
    assert.ok(touched);
    assert.equal(readdirSync(folder.path), ['m']);
  }),
);

test.run();
