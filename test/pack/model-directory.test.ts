import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';
import { runMar, runModelArchiver } from '../support/run-mar.js';

const PYTHON = 'def handle(d, c):\n    return d\n';

/** Runs something with another home directory: that of the process is what counts. */
async function atHome(home: string, run: () => Promise<unknown>): Promise<void> {
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env['HOME'];
    else process.env['HOME'] = before;
  }
}

test(
  'without a model path it is the directory of the handler, which is printed; the archive goes to the working directory',
  inFolder(
    { 'm/service.ts': 'export const handle = (batch: unknown[]) => batch;\n', 'm/w.bin': 'w' },
    async (folder) => {
      const m = join(folder.path, 'm');
      const built = await runModelArchiver(['--model-name', 'resnet-152', '--handler', 'service.ts'], { cwd: m });
      assert.is(built.code, 0, built.stderr);
      assert.match(built.stdout, new RegExp(`^${m}/resnet-152\\.mar: 4 entries, `));
      assert.ok(built.stdout.includes(`\nModel directory: ${m}\nHandler: service:handle (nodejs)`), built.stdout);
      assert.ok(
        built.stdout.includes('\nRuns on: mar serve-local; for MMS, TorchServe and SageMaker add --bridge\n'),
        built.stdout,
      );
      const json = ['build', '--model-name', 'x', '--handler', 'm/service.ts:handle', '--json'];
      const outside = JSON.parse((await runMar(json, { cwd: folder.path })).stdout);
      assert.equal([outside.target, outside.modelPath], [join(folder.path, 'x.mar'), m]);
      assert.is(outside.manifest.model.handler, 'service:handle');
    },
  ),
);

test(
  'a Python handler in the directory that it implies is known by its path there',
  inFolder({ 'm/service.py': PYTHON }, async ({ path }) => {
    for (const handler of ['m/service.py', 'm/service:handle', join(path, 'm/service.py')]) {
      const { manifest, entries } = await pack({ modelName: 'x', handler, cwd: path, dryRun: true });
      assert.is(manifest.model.handler, handler.endsWith(':handle') ? 'service:handle' : 'service.py');
      assert.is(manifest.archiverVersion, undefined, 'the manifest of a directory, not of files named one by one');
      assert.is(entries[0]?.path, 'service.py');
    }
  }),
);

test(
  'its configuration is read there too',
  inFolder({ 'm/service.py': PYTHON, 'm/mar.config.json': '{"modelName":"configured"}' }, async ({ path }) => {
    const { stdout } = await runMar(['build', '--handler', 'm/service.py', '--json'], { cwd: path });
    assert.is(JSON.parse(stdout).manifest.model.modelName, 'configured');
  }),
);

test(
  'a ready-made service lies in no directory: it is the working directory when that holds a model',
  inFolder({ 'm/net.onnx': 'onnx', 'n/readme.txt': 'x' }, async ({ path }) => {
    const options = { modelName: 'x', dryRun: true };
    for (const handler of ['tensor', 'image_classifier', undefined]) {
      const given = { ...options, ...(handler && { handler }) };
      assert.is((await pack({ ...given, cwd: join(path, 'm') })).modelPath, join(path, 'm'));
      const error = await rejectsWith('ERR_MODEL_PATH_REQUIRED', () => pack({ ...given, cwd: join(path, 'n') }));
      assert.is(error.kind, 'usage');
      assert.match(error.hint ?? '', /run this in it/);
    }
  }),
);

test(
  'a home directory, one that holds it and the root are never meant',
  inFolder({ 'home/me/service.py': PYTHON, 'home/me/m/service.py': PYTHON, 'home/net.onnx': 'x' }, async ({ path }) => {
    const options = { modelName: 'x', handler: 'service.py', dryRun: true };
    const home = join(path, 'home/me');
    await atHome(home, async () => {
      const error = await rejectsWith('ERR_MODEL_PATH_REQUIRED', () => pack({ ...options, cwd: home }));
      assert.ok(error.message.includes(`${realpathSync(home)}, which is your home directory`), error.message);
      await rejectsWith('ERR_MODEL_PATH_REQUIRED', () =>
        pack({ modelName: 'x', handler: 'tensor', dryRun: true, cwd: join(path, 'home') }),
      );
      await pack({ ...options, modelPath: '.', cwd: home });
      assert.is((await pack({ ...options, cwd: join(home, 'm') })).modelPath, join(home, 'm'));
      const root = await rejectsWith('ERR_MODEL_PATH_REQUIRED', () =>
        pack({ ...options, handler: 'tensor', cwd: '/' }),
      );
      assert.is(root.message, '--model-path is missing, and this is /, which is a root directory.');
    });
  }),
);

test(
  'a handler that is nowhere is a missing model path, a wrong usage as in the real archivers',
  inFolder({ 'm/service.py': PYTHON, 'weights.pt': 'w' }, async ({ path }) => {
    const lost = ['--model-name', 'x', '--handler', 'service:handle'];
    const missing = await runModelArchiver(lost, { cwd: path });
    assert.is(missing.code, 2);
    assert.match(missing.stderr, /^error: --model-path is missing, and there is no handler 'service' in /);
    const unversioned = await runModelArchiver([...lost, '--serialized-file', 'weights.pt'], { cwd: path });
    assert.is(unversioned.code, 2);
    assert.match(unversioned.stderr, /^error: --serialized-file needs --version/);
  }),
);

test(
  'a directory to write that holds the model is refused before it is replaced',
  inFolder({ 'x/MAR-INF/MANIFEST.json': '{}', 'x/m/service.py': PYTHON }, async ({ path }) => {
    const options = { modelName: 'x', modelPath: 'x/m', handler: 'service.py', cwd: path, force: true } as const;
    await rejectsWith('ERR_TARGET_AROUND_MODEL', () => pack({ ...options, archiveFormat: 'no-archive' }));
    mkdirSync(join(path, 'out'));
    await pack({ ...options, archiveFormat: 'no-archive', exportPath: 'out' });
  }),
);

test.run();
