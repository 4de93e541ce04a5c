import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PackOptions, type PackResult, pack, validate } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

const PY = 'def handle(data, context):\n    return None if data is None else ["x"] * len(data)\n';
const TS = 'export const handle = () => [1];\n';

function packIn(cwd: string, handler: string, options: Partial<PackOptions> = {}): Promise<PackResult> {
  return pack({ modelName: 'm', modelPath: 'model', handler, force: true, cwd, ...options });
}

test(
  'a handler that the archive will not hold stops the build, with the rule that leaves it out',
  inFolder(
    { 'model/service.py': PY, 'model/code/echo.py': PY, 'model/.marignore': 'service.py\n', 'model/w.pt': 'x' },
    async ({ path }) => {
      const ignored = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'service.py:handle'));
      assert.match(
        ignored.message,
        /^The handler service\.py is left out of the archive \(.*\.marignore.*\), so no server/,
      );
      assert.match(ignored.hint ?? '', /^Take it out of \.marignore or --exclude/);
      const excluded = await rejectsWith('ERR_HANDLER_NOT_PACKED', () =>
        packIn(path, 'code/echo.py:handle', { exclude: ['code/'] }),
      );
      assert.match(excluded.message, /^The handler code\/echo\.py is left out of the archive \(.*--exclude.*\)/);
      await packIn(path, 'code/echo.py:handle');
    },
  ),
);

test(
  'a name with dots, which Python takes for folders, stops the build',
  inFolder({ 'model/my.service.py': PY, 'model/code/my.other.py': PY }, async ({ path }) => {
    const dotted = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'my.service.py'));
    assert.is(
      dotted.message,
      "The servers would not find the handler my.service.py: 'my.service.py' means my/service/__init__.py or my/service.py in the archive. Python takes the dots of a name for folders.",
    );
    assert.is(dotted.hint, 'Rename the file, for example to my_service.py.');
    const deep = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'code/my.other:handle'));
    assert.is(deep.hint, 'Rename the file, for example to code/my_other.py.');
  }),
);

test(
  'a reference that means another file in the archive stops the build, naming both',
  inFolder(
    { 'model/echo.py': PY, 'model/code/echo.py': PY, 'model/service.py': PY, 'model/service/__init__.py': PY },
    async ({ path }) => {
      const folder = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'code/echo.py'));
      assert.match(
        folder.message,
        /'code\/echo\.py' is code\/echo\.py here, but .* the servers would load echo\.py\.$/,
      );
      assert.match(folder.hint ?? '', /--handler code\/echo\.py:handle\.$/);
      await packIn(path, 'code/echo.py:handle');
      const covered = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'service.py'));
      assert.match(covered.message, /the servers would load service\/__init__\.py\.$/);
      assert.is(covered.hint, 'Rename service.py or service/__init__.py, or leave out the one that is not meant.');
      await packIn(path, 'service.py', { exclude: ['service/'] });
    },
  ),
);

test(
  'a compiled handler is found whatever its sources are called, and not where another file takes its name',
  inFolder(
    { 'model/my.service.ts': TS, 'model/a.js.ts': TS, 'model/a.js': 'export const x = 1;\n' },
    async ({ path }) => {
      const { manifest } = await packIn(path, 'my.service.ts');
      assert.is(manifest.model.handler, 'my.service:handle');
      const taken = await rejectsWith('ERR_HANDLER_NOT_PACKED', () => packIn(path, 'a.js.ts'));
      assert.match(taken.message, /'a\.js:handle' is a\.js\.mjs here, but .* would load a\.js\.$/);
    },
  ),
);

test(
  'packages and modules of packages are found as the servers import them',
  inFolder({ 'model/pkg/__init__.py': PY, 'model/pkg/service.py': PY }, async ({ path }) => {
    for (const [handler, written] of [
      ['pkg:handle', 'pkg:handle'],
      ['./pkg:handle', 'pkg:handle'],
      ['pkg.service:handle', 'pkg.service:handle'],
      ['pkg.service.py', 'pkg.service.py'],
      ['pkg/service:handle', 'pkg/service:handle'],
      ['model/pkg/service.py:handle', 'pkg/service.py:handle'],
    ] as const) {
      const { manifest, target, warnings } = await packIn(path, handler);
      assert.is(manifest.model.handler, written, handler);
      assert.equal(warnings, [], handler);
      const { passed } = await validate([target], { target: ['local', 'mms', 'torchserve'] });
      assert.ok(passed, handler);
    }
  }),
);

test(
  'a handler in a folder, named without a function, is a warning: only our worker finds it',
  inFolder({ 'model/code/echo.py': PY }, async ({ path }) => {
    const { manifest, warnings } = await packIn(path, 'code/echo.py');
    assert.is(manifest.model.handler, 'code/echo.py');
    assert.equal(warnings, [
      {
        code: 'handler-folder',
        message:
          'The servers search the folder of a handler only where a function is named: for them, say --handler code/echo.py:handle.',
      },
    ]);
  }),
);

test(
  'a handler that is a link is packed by the name that was given',
  inFolder({ 'model/impl/real.py': PY, 'elsewhere/real.py': PY, 'model.pt': 'x' }, async ({ path }) => {
    symlinkSync('impl/real.py', join(path, 'model/service.py'));
    assert.is((await packIn(path, 'service.py')).manifest.model.handler, 'service.py');
    symlinkSync('elsewhere/real.py', join(path, 'handler.py'));
    const one = { modelName: 'one', version: '1.0', serializedFile: 'model.pt', handler: 'handler.py', cwd: path };
    const { entries, manifest } = await pack(one);
    assert.is(manifest.model.handler, 'handler.py');
    assert.equal(entries.map((entry) => entry.path).sort(), ['MAR-INF/MANIFEST.json', 'handler.py', 'model.pt']);
  }),
);

test.run();
