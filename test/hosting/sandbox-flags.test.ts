import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sandboxFlags } from '#hosting/sandbox-flags.js';
import { inFolder } from '../support/model-folder.js';

test(
  'outside of the sources only the archive, the package and its modules can be read',
  inFolder(
    { 'package/package.json': '{}', 'node_modules/x/index.js': '', 'model/a.txt': 'a', 'secret.txt': 's' },
    ({ path }) => {
      const places = { packageRoot: `${path}/package/`, modelDir: `${path}/model`, fromSource: false };
      const code = `const fs = require('node:fs');
      const tried = ['model/a.txt', 'package/package.json', 'node_modules/x/index.js', 'secret.txt'].map((name) => {
        try { fs.readFileSync(${JSON.stringify(path)} + '/' + name); return 'read'; } catch (error) { return error.code; }
      });
      process.stdout.write(tried.join(' '));`;
      const output = execFileSync(process.execPath, [...sandboxFlags(places), '-e', code], { encoding: 'utf8' });
      assert.is(output, 'read read read ERR_ACCESS_DENIED');
    },
  ),
);

test.run();
