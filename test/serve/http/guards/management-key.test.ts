import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeManagementKey } from '#serve/http/guards/management-key.js';
import { inFolder } from '../../../support/model-folder.js';
import { rejectsWith } from '../../../support/rejects.js';

/** The number of a process that has ended. */
const ended = spawnSync(process.execPath, ['-e', '']).pid;

test(
  'the token is written for this user alone, with the number of the process, and goes when it is removed',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'key.json');
    const { key, remove } = await makeManagementKey(file);
    assert.match(key, /^[\w-]{32}$/);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')), { management: { key }, pid: process.pid });
    assert.is(statSync(file).mode & 0o777, 0o600);
    await remove();
    assert.not(existsSync(file));
    await remove();
  }),
);

test(
  'the key of a server that runs stays, that of one that is gone is replaced, and so is what is no key',
  inFolder({}, async ({ path }) => {
    const file = join(path, 'key.json');
    const first = await makeManagementKey(file);
    const error = await rejectsWith('ERR_KEY_FILE', () => makeManagementKey(file));
    assert.match(error.message, /^The file for the management token cannot be written: EEXIST/);
    assert.is(JSON.parse(readFileSync(file, 'utf8')).management.key, first.key);
    for (const content of [`{ "pid": ${ended} }`, 'not a key', '{ "pid": 99999999999999999999 }']) {
      writeFileSync(file, content);
      const { key } = await makeManagementKey(file);
      assert.is(JSON.parse(readFileSync(file, 'utf8')).management.key, key, content);
    }
    await first.remove();
    assert.ok(existsSync(file), 'the key of another server is not ours to remove');
    await rejectsWith('ERR_KEY_FILE', () => makeManagementKey(join(path, 'none/key.json')));
  }),
);

test.run();
