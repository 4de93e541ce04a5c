import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { job } from '../worker/contract.js';
import { failure, withFiles } from './handler-files.js';

test('Node: what goes wrong while loading is told with the position in the handler', async () => {
  const files = {
    'throws.mjs': "\nthrow new Error('import goes wrong');",
    'init.mjs': "export class A {\n  initialize() { throw new TypeError('init goes wrong'); }\n  handle() {}\n}",
    'none.mjs': 'export const other = 1;',
    'number.mjs': 'export const handle = 1;',
    'missing.mjs': "import 'not-installed'; export function handle() {}",
    'exits.mjs': "console.error('last words'); process.exit(3);",
  };
  await withFiles(files, async (load) => {
    const throws = await failure(load('throws:handle'));
    assert.is(throws.code, 'ERR_WORKER_LOAD');
    assert.is(throws.message, 'The handler of model m failed to load: Error: import goes wrong');
    assert.is(throws.detail, '    at throws.mjs:2:7');
    assert.not.match(throws.detail ?? '', 'src/worker');
    const init = await failure(load('init:A'));
    assert.match(init.message, 'init goes wrong');
    assert.match(init.detail ?? '', 'init.mjs:2:24');
    assert.match((await failure(load('none:handle'))).message, "has no export 'handle'; found: other");
    assert.match((await failure(load('number:handle'))).message, "export 'handle' is a number, expected a function");
    assert.match((await failure(load('missing:handle'))).message, "Cannot find package 'not-installed'");
    const absent = await failure(load('absent:handle'));
    assert.match(absent.message, 'none of absent.mjs, absent.js, absent.cjs exists');
    assert.ok(absent.hint);
    assert.match((await failure(load('../absent:handle'))).message, 'outside of the archive');
    const exits = await failure(load('exits:handle'));
    assert.is(exits.code, 'ERR_WORKER_DIED');
    assert.match(exits.message, 'exited with code 3');
    assert.is(exits.detail, 'its last output:\n    last words');
  });
});

test('Node: a function, a class, an object, a default export and CommonJS are all services', async () => {
  const answer = 'handle(batch) { return batch.map(() => "ok"); }';
  const files = {
    'fn.mjs': `export function ${answer}`,
    'cls.mjs': `export class Anything { ${answer} }`,
    'obj.mjs': `export const handle = { ${answer} };`,
    'def.mjs': `export default class { ${answer} }`,
    'cjs.cjs': `module.exports.handle = (batch) => batch.map(() => "ok");`,
    '..dots/fn.mjs': `export function ${answer}`,
  };
  await withFiles(files, async (load) => {
    for (const name of ['fn', 'cls', 'obj', 'def', 'cjs', '..dots/fn']) {
      const worker = await load(`${name}:handle`);
      const { predictions } = await worker.predict([job('')]);
      assert.is(predictions[0]?.body.toString(), 'ok', name);
      await worker.stop();
    }
  });
});

test('Node: an archive for an absent device runs on its fallback with a notice, or says that it cannot', async () => {
  const manifest = (fallback: string): string =>
    JSON.stringify({
      runtime: 'nodejs',
      model: {
        modelName: 'm',
        handler: 's:handle',
        extensions: { modelArchiver: { version: '1', device: { model: 'gpu:99', data: 'cpu', fallback } } },
      },
    });
  const modelDir = await mkdtemp(join(tmpdir(), 'mar-device-'));
  try {
    await mkdir(join(modelDir, 'MAR-INF'));
    await writeFile(
      join(modelDir, 's.mjs'),
      'export const handle = (batch, { device }) => batch.map(() => device.running);',
    );
    const lines: string[] = [];
    const options = {
      modelName: 'm',
      modelDir,
      handler: 's:handle',
      runtime: 'nodejs',
      batchSize: 1,
      onLine: ({ text }: { text: string }) => lines.push(text),
    } as const;
    await writeFile(join(modelDir, 'MAR-INF', 'MANIFEST.json'), manifest('cpu'));
    const worker = await WorkerHandle.start(options);
    assert.is((await worker.predict([job('')])).predictions[0]?.body.toString(), 'cpu');
    await worker.stop();
    assert.equal(lines, ['Model m is declared for gpu:99, which is not here; it runs on cpu.']);
    await writeFile(join(modelDir, 'MAR-INF', 'MANIFEST.json'), manifest('fail'));
    const error = await failure(WorkerHandle.start(options));
    assert.match(error.message, 'requires gpu:99, which this machine does not have');
    assert.match(error.hint ?? '', '--accelerator-fallback cpu');
  } finally {
    await rm(modelDir, { recursive: true, force: true });
  }
});

const python = missingCommand('python3');

testUnless(python, test, 'Python: what goes wrong while loading is told with the position in the handler', async () => {
  const files = {
    'old.py': 'print "Python 2"\n',
    'imports.py': 'import not_installed\n',
    'peer.py': 'raise ModuleNotFoundError("No module named mms", name="mms.service")\n',
    'raises.py': 'def handle(data, context):\n    raise RuntimeError("cannot start")\n',
    'two.py': 'class A:\n    pass\nclass B:\n    pass\n',
    'memory.py': 'def handle(data, context):\n    raise MemoryError()\n',
  };
  await withFiles(files, async (load) => {
    const old = await failure(load('old:handle'));
    assert.match(old.message, 'SyntaxError');
    assert.match(old.hint ?? '', 'Python 2 must be ported');
    assert.match((await failure(load('imports.py:handle'))).message, "No module named 'not_installed'");
    assert.match((await failure(load('peer:handle'))).hint ?? '', 'pip install multi-model-server');
    const raises = await failure(load('raises'));
    assert.match(raises.message, 'RuntimeError: cannot start');
    assert.match(raises.detail ?? '', 'raises.py", line 2, in handle');
    assert.not.match(raises.detail ?? '', 'mar_worker');
    assert.match((await failure(load('two:missing'))).message, 'classes found: A, B');
    assert.is((await failure(load('memory:handle'))).code, 'ERR_WORKER_OUT_OF_MEMORY');
  });
});

testUnless(python, test, 'Python: modules of the handler may have the names of ours', async () => {
  const files = {
    'context.py': 'NAME = "mine"\n',
    's.py': 'import context\ndef handle(data, ctx):\n    return None if data is None else [context.NAME]\n',
  };
  await withFiles(files, async (load) => {
    const worker = await load('s:handle');
    assert.is((await worker.predict([job('')])).predictions[0]?.body.toString(), 'mine');
    await worker.stop();
  });
});

test.run();
