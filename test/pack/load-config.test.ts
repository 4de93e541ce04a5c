import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadPackConfig } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

test(
  'TypeScript, module, JSON and package.json are read; the first directory and the first file win',
  inFolder(
    {
      'ts/mar.config.ts': "import { n } from './n';\nexport default { modelName: n };",
      'ts/n.ts': "export const n: string = 'from-ts';",
      'ts/mar.config.json': '{"modelName": "from-json"}',
      'mjs/mar.config.mjs': "export default { modelName: 'from-mjs', version: '1', configFile: 'c.yaml' };",
      'package/package.json': '{"name": "x", "mar": {"modelName": "from-package", "extraFiles": "a.txt, d/, e=f"}}',
      'none/package.json': '{"name": "x"}',
    },
    async ({ path }) => {
      const load = (...names: string[]) => loadPackConfig(names.map((name) => join(path, name)));
      assert.equal(await load('ts'), { modelName: 'from-ts', modelPath: join(path, 'ts') });
      assert.equal(await load('mjs'), { modelName: 'from-mjs', version: '1', configFile: join(path, 'mjs/c.yaml') });
      const { extraFiles } = (await load('none', 'package', 'ts')) ?? {};
      assert.is(extraFiles, `${join(path, 'package/a.txt')},${join(path, 'package/d')}/,e=${join(path, 'package/f')}`);
      assert.is(await load('none'), undefined);
    },
  ),
);

test(
  'mistakes name the file, the field and the nearest known one',
  inFolder(
    {
      'unknown/mar.config.json': '{"modelNam": "x"}',
      'broken/mar.config.json': '{',
      'throws/mar.config.mjs': "throw new Error('no luck');",
      'empty/mar.config.mjs': 'export {};',
    },
    async ({ path }) => {
      const load = (name: string) => () => loadPackConfig([join(path, name)]);
      assert.match(
        (await rejectsWith('ERR_CONFIG', load('unknown'))).detail ?? '',
        /modelNam.*did you mean 'modelName'/,
      );
      await rejectsWith('ERR_CONFIG', load('broken'));
      assert.match((await rejectsWith('ERR_CONFIG_MODULE', load('throws'))).message, /no luck/);
    },
  ),
);

test.run();
