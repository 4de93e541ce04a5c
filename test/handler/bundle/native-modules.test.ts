import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../../support/model-folder.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { packAndAsk } from './served.js';

/** What the handler says of a binary that no machine can load: it is looked for where it is packed. */
async function loadError(folder: Folder, handler: string): Promise<string> {
  const error = await rejectsWith('ERR_WORKER_LOAD', () => packAndAsk(folder.path, handler));
  return error.message + (error.detail ?? '');
}

test(
  'a binary is packed as a file, with the libraries beside it, and a warning says so',
  inFolder(
    {
      'm/service.js': "import fast from 'fast';\nexport const handle = (batch) => batch.map(() => fast);",
      'node_modules/fast/index.js':
        "let found = 'none';\ntry { require('./build/fast.node'); } catch (error) { found = error.message; }\nmodule.exports = found;",
      'node_modules/fast/build/fast.node': 'no ELF',
      'node_modules/fast/build/libfast.so.1': 'no ELF',
    },
    async ({ path }) => {
      const { build, answer } = await packAndAsk(path, 'service.js');
      assert.match(String(answer), /noop\/node_modules\/fast\/build\/fast\.node/);
      const paths = build.entries.map((entry) => entry.path).filter((entry) => entry.startsWith('node_modules/'));
      assert.equal(paths, ['node_modules/fast/build/fast.node', 'node_modules/fast/build/libfast.so.1']);
      const warning = build.warnings.find(({ code }) => code === 'native-code');
      assert.match(warning?.message ?? '', /node_modules\/fast\/build\/fast\.node/);
    },
  ),
);

test(
  'binaries that bindings and node-gyp-build look for are found when the archive is built',
  inFolder(
    {
      'm/a.js': "import 'tied';\nexport const handle = (batch) => batch;",
      'm/b.js': "import 'built';\nexport const handle = (batch) => batch;",
      'm/c.js': "import 'unbuilt';\nexport const handle = (batch) => batch;",
      'node_modules/tied/lib/index.js': "module.exports = require('bindings')('tied');",
      'node_modules/tied/package.json': '{"main":"lib/index.js"}',
      'node_modules/tied/build/Release/tied.node': 'no ELF',
      'node_modules/unbuilt/index.js': "module.exports = require('bindings')('unbuilt');",
      'node_modules/built/index.js': "module.exports = require('node-gyp-build')(__dirname);",
      'node_modules/built/prebuilds/any/node.napi.node': 'no ELF',
      'node_modules/node-gyp-build/index.js':
        "module.exports = (dir) => require(require('path').join(dir, 'prebuilds/any/node.napi.node'));",
    },
    async (folder) => {
      assert.match(await loadError(folder, 'a.js'), /node_modules\/tied\/build\/Release\/tied\.node/);
      assert.match(await loadError(folder, 'b.js'), /node_modules\/built\/prebuilds\/any\/node\.napi\.node/);
      const error = await rejectsWith('ERR_HANDLER_COMPILE', () => packAndAsk(folder.path, 'c.js'));
      assert.match(error.detail ?? '', /'unbuilt' is a native module .*\(unbuilt\/index\.js\)/);
    },
  ),
);

test(
  'a package that finds its binary in a way of its own is refused with what to do, and that works',
  inFolder(
    {
      'm/service.js': "import own from '@scope/own';\nexport const handle = (batch) => batch.map(() => own);",
      'm/node_modules/@scope/own/index.js':
        "require('node-pre-gyp');\nmodule.exports = require('deep') + __dirname.slice(-10);",
      'm/node_modules/@scope/own/package.json': '{"dependencies":{"node-pre-gyp":"1","deep":"1"}}',
      'm/node_modules/node-pre-gyp/index.js': '',
      'm/node_modules/node-pre-gyp/package.json': '{}',
      'm/node_modules/deep/index.js': "module.exports = 'deep ';",
      'm/node_modules/deep/package.json': '{}',
      'm/node_modules/other/index.js': '',
    },
    async (folder) => {
      const error = await rejectsWith('ERR_HANDLER_COMPILE', () => packAndAsk(folder.path, 'service.js'));
      assert.match(error.detail ?? '', /'@scope\/own' is a native module .*\(@scope\/own\/index\.js\)/);
      assert.match(error.detail ?? '', /index\.js:1:9: .*\n> 1 \| require\('node-pre-gyp'\)/);
      const lines = /\.marignore: (.*)/.exec(error.hint ?? '')?.[1] ?? '';
      assert.match(lines, /!node_modules\/deep\//);
      folder.write({ 'm/.marignore': lines.replaceAll(' ', '\n').replace('!node_modules/deep/', '') });
      const absent = await rejectsWith('ERR_HANDLER_COMPILE', () => packAndAsk(folder.path, 'service.js'));
      assert.match(absent.message, /'@scope\/own' is packed as it is installed, but not deep/);
      folder.write({ 'm/.marignore': lines.replaceAll(' ', '\n') });
      const { answer, build } = await packAndAsk(folder.path, 'service.js');
      assert.is(answer, 'deep @scope/own');
      assert.not(build.entries.some(({ path }) => path.includes('other')));
    },
  ),
);

test.run();
