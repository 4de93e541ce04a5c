import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { installModelRequirements, installRequirements } from '#hosting/install-requirements.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { pack, predict, test as runCases, validate } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { inFolder } from '../support/model-folder.js';
import { withRunner } from '../support/runner.js';
import { testUnless } from '../support/test-unless.js';

const WHEEL = 'greeting_mar-1.0-py3-none-any.whl';
/** Writes a wheel with one module, without an index or a build. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "greeting_mar-1.0.dist-info/"
    wheel.writestr("greeting_mar.py", "TEXT = '%s'" % (sys.argv[2] if len(sys.argv) > 2 else "from the requirements"))
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: greeting-mar\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;
const missing = missingCommand('python3');

testUnless(
  missing,
  test,
  'requirements are installed once, and the handler imports them',
  inFolder(
    {
      'model/service.py':
        'import greeting_mar\ndef handle(data, context):\n    return None if data is None else [greeting_mar.TEXT]\n',
      'model/requirements.txt': `--no-index\n./${WHEEL}\n`,
    },
    async (folder) => {
      const modelDir = join(folder.path, 'model');
      execFileSync('python3', ['-c', MAKE_WHEEL, join(modelDir, WHEEL)]);
      const lines: string[] = [];
      const options = {
        file: join(modelDir, 'requirements.txt'),
        python: 'python3',
        env: process.env,
        cacheDir: join(folder.path, 'cache'),
        onLine: (line: string) => lines.push(line),
      };
      const python = await installRequirements(options);
      assert.match(lines.join('\n'), 'Successfully installed greeting-mar');
      const worker = await WorkerHandle.start({
        modelName: 'm',
        modelDir,
        handler: 'service:handle',
        runtime: 'python',
        batchSize: 1,
        python,
      });
      const { predictions } = await worker.predict([{ id: 'a', headers: [], parameters: [] }]);
      assert.is(predictions[0]?.body.toString(), 'from the requirements');
      await worker.stop();
      lines.length = 0;
      assert.is(await installRequirements(options), python);
      assert.equal(lines, []);
      execFileSync('python3', ['-c', MAKE_WHEEL, join(modelDir, WHEEL), 'changed']);
      const renewed = await installRequirements(options);
      assert.is.not(renewed, python);
      const says = ['-c', 'import greeting_mar; print(greeting_mar.TEXT)'];
      assert.is(execFileSync(renewed, says, { encoding: 'utf8' }).trim(), 'changed');
      const outside = { ...options, modelDir, requirementsFile: '../outside.txt', runtime: 'python' } as const;
      const refused = await installModelRequirements(outside).catch((thrown: unknown) => thrown);
      assert.match(String(refused), "requirementsFile is '../outside.txt', expected a path inside the archive");
    },
  ),
);

testUnless(
  missing,
  test,
  'requirements that cannot be installed are an error with what pip said, and nothing is kept',
  inFolder({ 'requirements.txt': '--no-index\nno-such-package-for-mar\n' }, async (folder) => {
    const cacheDir = join(folder.path, 'cache');
    const file = join(folder.path, 'requirements.txt');
    const error = await installRequirements({ file, python: 'python3', env: process.env, cacheDir }).catch((e) => e);
    assert.instance(error, MarError);
    assert.is(error.code, 'ERR_REQUIREMENTS');
    assert.match(error.detail, 'no-such-package-for-mar');
    assert.equal(await readdir(cacheDir), []);
  }),
);

testUnless(
  missing,
  test,
  'through the server: workers that start together share one installation, and what pip says reaches the client',
  inFolder({}, async (folder) => {
    const code = `import greeting_mar
def handle(data, context):
    return None if data is None else [greeting_mar.TEXT] * len(data)
`;
    const env = { ...process.env, XDG_CACHE_HOME: join(folder.path, 'cache') };
    await withRunner(
      { 'good.py': code, 'bad.py': code },
      async (runner) => {
        for (const [name, requirement] of [
          ['good', `./${WHEEL}`],
          ['bad', 'no-such-package-for-mar'],
        ] as const) {
          const dir = join(runner.store, name);
          const manifest = JSON.parse(await readFile(join(dir, 'MAR-INF', 'MANIFEST.json'), 'utf8'));
          // The good one is named by nobody and lies where a requirements file belongs; the name of the manifest comes first.
          const file = name === 'good' ? 'requirements.txt' : 'more/bad.txt';
          if (name === 'bad') manifest.model.requirementsFile = file;
          await mkdir(join(dir, 'more'), { recursive: true });
          await writeFile(join(dir, 'MAR-INF', 'MANIFEST.json'), JSON.stringify(manifest));
          await writeFile(join(dir, 'requirements.txt'), '--no-index\n');
          await writeFile(join(dir, file), `--no-index\n${requirement}\n`);
        }
        execFileSync('python3', ['-c', MAKE_WHEEL, join(runner.store, 'good', WHEEL)]);
        const [good, bad] = await Promise.all([
          runner.manage('POST', '/models?url=good&initial_workers=2'),
          runner.manage('POST', '/models?url=bad&initial_workers=1'),
        ]);
        assert.is(good.status, 200);
        assert.is(await (await runner.predict('good')).text(), 'from the requirements');
        const said = runner.log.filter(({ event, model }) => event === 'requirements' && model === 'good');
        assert.is(said.filter(({ message }) => message.startsWith('Successfully installed greeting-mar')).length, 1);
        assert.is(bad.status, 500);
        const { message } = (await bad.json()) as { message: string };
        assert.match(message, /^Failed to start workers\nThe requirements of .* could not be installed/);
        assert.match(message, 'no-such-package-for-mar');
      },
      { installRequirements: true, env },
    );
  }),
);

testUnless(
  missing,
  test,
  'without a server: predict, test and validate --run install what lies at the top of the archive',
  inFolder(
    {
      'model/service.py':
        'import greeting_mar\ndef handle(data, context):\n    return None if data is None else [greeting_mar.TEXT]\n',
      'model/requirements.txt': `--no-index\n./${WHEEL}\n`,
      'model/MAR-INF/tests/case.json': JSON.stringify({
        request: { json: {} },
        expect: { text: 'from the requirements' },
      }),
      'in.txt': 'x',
    },
    async (folder) => {
      const modelPath = join(folder.path, 'model');
      execFileSync('python3', ['-c', MAKE_WHEEL, join(modelPath, WHEEL)]);
      await pack({ modelName: 'm', modelPath, handler: 'service.py:handle', exportPath: folder.path });
      const archive = join(folder.path, 'm.mar');
      const before = process.env['XDG_CACHE_HOME'];
      process.env['XDG_CACHE_HOME'] = join(folder.path, 'cache');
      try {
        const options = { installRequirements: true };
        const answer = await predict(archive, { file: join(folder.path, 'in.txt') }, options);
        assert.is(answer.body.toString(), 'from the requirements');
        assert.is((await runCases(archive, options)).passed, true);
        const { passed, archives } = await validate([archive], { run: true, ...options });
        assert.ok(passed, JSON.stringify(archives[0]?.findings));
        assert.is((await validate([archive], { run: true })).passed, false);
        const error = await validate([archive], options).catch((thrown: unknown) => thrown);
        assert.match(String(error), 'nothing is run');
      } finally {
        if (before === undefined) delete process.env['XDG_CACHE_HOME'];
        else process.env['XDG_CACHE_HOME'] = before;
      }
    },
  ),
);

test.run();
