import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '#check/read-config.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const FILE = { target: ['mms'], ignore: ['MAR116'], severity: ['MAR117=off'], strict: true, maxWarnings: 3 };

test(
  'a configuration holds the options, or says where it is wrong',
  inFolder(
    { 'good.json': JSON.stringify(FILE), 'cut.json': '{\n "strict": ', 'odd.json': '{\n  "strict": 1\n}' },
    async ({ path, write }) => {
      assert.equal(await readConfig(path, 'good.json'), FILE);
      const cut = await rejectsWith('ERR_CONFIG', () => readConfig(path, 'cut.json'));
      assert.match(cut.message, /^cut\.json:2:\d+: /);
      assert.is(cut.hint, 'schemas/validate-config.schema.json describes the file');
      const odd = await rejectsWith('ERR_CONFIG', () => readConfig(path, 'odd.json'));
      assert.match(odd.message, /^odd\.json:2:3: \/strict must be boolean$/);
      write({ 'twice.json': '{"strict": true,\n "strict": false}' });
      const twice = await rejectsWith('ERR_CONFIG', () => readConfig(path, 'twice.json'));
      assert.is(twice.message, 'twice.json:2:2: /strict stands there twice');
      write({ 'list.json': '[]' });
      const list = await rejectsWith('ERR_CONFIG', () => readConfig(path, 'list.json'));
      assert.match(list.message, /^list\.json:1:1: the file must be object$/);
      const none = await rejectsWith('ERR_CONFIG', () => readConfig(path, 'none.json'));
      assert.is(none.message, 'the configuration none.json cannot be read: ENOENT');
    },
  ),
);

test.run();
