import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { schemaCheck } from '#schema.js';
import { progressBar } from '../../src/cli/progress-bar.js';
import { inFolder } from '../support/model-folder.js';
import { runMar, runModelArchiver } from '../support/run-mar.js';

const FILES = { 'm/service.py': 'def handle(d, c):\n    return d\n', 'm/.hidden': 'x' };
const BASE = ['--model-name', 'noop', '--model-path', 'm', '--handler', 'service:handle'];

test(
  'the summary names the archive, its largest entries and what was left out',
  inFolder(FILES, async ({ path }) => {
    const { code, stdout, stderr } = await runModelArchiver(BASE, { cwd: path });
    assert.is(code, 0);
    assert.is(stderr, '');
    assert.match(stdout, /noop\.mar: 2 entries, /);
    assert.match(stdout, /Handler: service:handle \(python\)\nEntries:\n/);
    assert.match(stdout, /service\.py +31 B/);
    assert.match(stdout, /Left out:\n {2}\.hidden +hidden/);
    const quiet = await runModelArchiver([...BASE, '-f', '-q'], { cwd: path });
    assert.equal(quiet, { code: 0, stdout: '', stderr: '' });
  }),
);

test(
  "mar build's --version is the model's, the program's own prints ours",
  inFolder(FILES, async ({ path }) => {
    const built = await runMar(['build', ...BASE, '--version', '7.0', '--json'], { cwd: path });
    assert.is(JSON.parse(built.stdout).manifest.model.modelVersion, '7.0');
    assert.match((await runMar(['--version'], { cwd: path })).stdout, /^\d+\.\d+\.\d+\n$/);
  }),
);

test(
  'mar build takes the same flags, and the directory by itself',
  inFolder(FILES, async ({ path }) => {
    const { code, stdout } = await runMar(['build', 'm', '--model-name', 'x', '--handler', 'service', '--json'], {
      cwd: path,
    });
    assert.is(code, 0);
    const result = JSON.parse(stdout);
    assert.is(result.target, join(path, 'x.mar'));
    assert.equal(
      result.entries.map((entry: { path: string }) => entry.path),
      ['service.py', 'MAR-INF/MANIFEST.json'],
    );
  }),
);

test(
  'mar build takes one model directory; what exists does not stop a dry run',
  inFolder({ ...FILES, 'noop.mar': 'x' }, async ({ path }) => {
    const twice = await runMar(['build', 'm', '--model-path', 'other', '--model-name', 'x'], { cwd: path });
    assert.is(twice.code, 2);
    assert.match(twice.stderr, /given twice: m and --model-path other/);
    assert.is((await runMar(['build', ...BASE, '--dry-run'], { cwd: path })).code, 0);
  }),
);

test(
  'a dry run prints digests and writes nothing',
  inFolder(FILES, async ({ path }) => {
    const { stdout } = await runModelArchiver([...BASE, '--dry-run'], { cwd: path });
    assert.match(stdout, /would be written/);
    assert.match(stdout, /service\.py +31 B +[0-9a-f]{64}/);
    assert.equal(readdirSync(path), ['m']);
  }),
);

test(
  'exit codes are the peers: 2 for usage, 1 for what cannot be packed; mar has 2 for both',
  inFolder(FILES, async ({ path }) => {
    const usage = [
      [],
      ['--model-name', 'x'],
      [...BASE, '--nope'],
      [...BASE, 'extra'],
      [...BASE, '--runtime', 'java'],
      ['--model', 'x'],
      ['--model-name', '--model-path', 'm'],
      [...BASE, '--accelerator', 'eia9.huge'],
    ];
    for (const argv of usage) {
      const { code, stderr } = await runModelArchiver(argv, { cwd: path });
      assert.is(code, 2, argv.join(' '));
      assert.match(stderr, /^error: /);
    }
    const absent = ['--model-name', 'x', '--model-path', 'm', '--handler', 'absent.ts'];
    assert.is((await runModelArchiver(absent, { cwd: path })).code, 1);
    assert.is((await runMar(['build', ...absent], { cwd: path })).code, 2);
    assert.match((await runMar(['build', '--handlr', 'x'], { cwd: path })).stderr, /Did you mean --handler/);
    assert.equal(readdirSync(path), ['m']);
  }),
);

test(
  'prefixes, both meanings of -c, and the short flags of both peers',
  inFolder({ ...FILES, 'c.yaml': 'minWorkers: 1\n', 'r.txt': 'numpy\n', 'h.py': '' }, async ({ path }) => {
    assert.is(
      (await runModelArchiver(['--model-n', 'a', '--model-p', 'm', '--hand=service:handle', '-c'], { cwd: path })).code,
      0,
    );
    const torch = ['--model-name', 'b', '-v', '1.0', '--handler', 'h.py', '-c', 'c.yaml', '-r', 'r.txt', '--json'];
    const { model } = JSON.parse((await runModelArchiver(torch, { cwd: path })).stdout).manifest;
    assert.equal([model.modelVersion, model.configFile, model.requirementsFile], ['1.0', 'c.yaml', 'r.txt']);
    // --version, though ours has --verbose too.
    const short = ['--model-n', 'c', '--ver', '2.0', '--hand', 'h.py', '--req', 'r.txt', '--json'];
    assert.is(JSON.parse((await runModelArchiver(short, { cwd: path })).stdout).manifest.model.modelVersion, '2.0');
    const both = await runModelArchiver(['--model', 'd', '--handler', 'h.py'], { cwd: path });
    assert.is(both.code, 2);
    assert.match(
      both.stderr,
      'The option --model is ambiguous: --model-name, --model-path, --model-file, --model-context.',
    );
  }),
);

test(
  'flags go over the environment, which goes over the file',
  inFolder(
    { ...FILES, 'm/mar.config.json': '{"modelName": "file", "handler": "service:handle"}' },
    async ({ path }) => {
      const name = async (argv: string[], env: Record<string, string>): Promise<string> => {
        const { stdout } = await runMar(['build', 'm', '--dry-run', '--json', ...argv], { cwd: path, env });
        return JSON.parse(stdout).manifest.model.modelName;
      };
      assert.is(await name([], {}), 'file');
      assert.is(await name([], { MAR_MODEL_NAME: 'env' }), 'env');
      assert.is(await name(['--model-name', 'flag'], { MAR_MODEL_NAME: 'env' }), 'flag');
      assert.is((await runMar(['build', 'm', '--no-config'], { cwd: path })).code, 2);
      const wrong = await runMar(['build', 'm'], { cwd: path, env: { MAR_FORCE: 'maybe' } });
      assert.match(wrong.stderr, /MAR_FORCE is 'maybe'/);
      assert.match(
        (await runMar(['build', 'm'], { cwd: path, env: { SOURCE_DATE_EPOCH: 'today' } })).stderr,
        /seconds since 1970/,
      );
    },
  ),
);

test(
  'what --json prints is what its schema describes',
  inFolder(
    { ...FILES, 'm/service.ts': 'const count: string = 5;\nexport const handle = () => [count];\n' },
    async ({ path }) => {
      const check = schemaCheck('build-report');
      for (const handler of ['service.py', 'service.ts']) {
        const argv = ['--model-name', 'x.mar', '--model-path', 'm', '--handler', handler, '-f', '--json'];
        const result = JSON.parse((await runModelArchiver(argv, { cwd: path })).stdout);
        assert.equal(check(result), []);
        assert.is(result.typeProblems.length, handler === 'service.ts' ? 1 : 0);
        assert.not.equal(check({ ...result, surprise: 1 }), []);
      }
    },
  ),
);

test(
  'type errors are shown with a code frame and do not stop the build; strict does',
  inFolder({ 'm/service.ts': 'const count: string = 5;\nexport const handle = () => [count];\n' }, async ({ path }) => {
    const argv = ['--model-name', 'x', '--model-path', 'm', '--handler', 'service.ts'];
    const loose = await runModelArchiver(argv, { cwd: path });
    assert.is(loose.code, 0);
    assert.match(loose.stderr, /warning: service\.ts:1:7: TS2322.*\n> 1 \| const count/);
    const strict = await runModelArchiver([...argv, '-f', '--strict', '--model-name', 'strict'], { cwd: path });
    assert.is(strict.code, 1);
    assert.not.ok(existsSync(join(path, 'strict.mar')));
  }),
);

test('a progress bar is drawn on a terminal after a second, and never in a pipe', () => {
  const draw = (isTTY: boolean): string => {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    const io = {
      stdin: Readable.from([]),
      stdout: new PassThrough(),
      stderr,
      env: {},
      cwd: '.',
      signal: AbortSignal.any([]),
    };
    let time = 5000;
    const bar = progressBar(io, () => time);
    const progress = { path: 'weights.onnx', bytes: 50, totalBytes: 100, entries: 0, totalEntries: 1 };
    bar.update(progress);
    time += 1500;
    bar.update(progress);
    bar.update(progress);
    bar.clear();
    return String(stderr.read() ?? '');
  };
  assert.is(draw(false), '');
  assert.is(draw(true).match(/50% weights\.onnx/g)?.length, 1);
});

test.run();
