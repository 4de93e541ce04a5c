import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { publint } from 'publint';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/test-unless.js';
import { installPackage, run } from './installed.js';

const { tarball, files, project, remove } = installPackage();
const offline = project === undefined ? 'the package registry cannot be reached' : undefined;
const folder = project ?? '';
const bytes = readFileSync(tarball);
const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));

test.after(remove);

test('the package holds the build, the schemas, the templates and the papers, and nothing else', () => {
  const expected =
    /^(dist|schemas|templates|docs)\/|^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|SECURITY\.md|CONTRIBUTING\.md|package\.json)$/;
  const paths = files.map(({ path }) => path);
  assert.equal(
    paths.filter((path) => !expected.test(path)),
    [],
  );
  assert.equal(
    paths.filter((path) => path.startsWith('dist/') && /(\.test\.|[^d]\.ts$|\.tsbuildinfo$|\.map$)/.test(path)),
    [],
  );
  for (const part of [
    'dist/index.d.ts',
    'dist/service/index.d.ts',
    'schemas/manifest.schema.json',
    'LICENSE',
    'NOTICE',
  ]) {
    assert.ok(paths.includes(part), `${part} is in the package`);
  }
  const size = files.reduce((total, file) => total + file.size, 0);
  assert.ok(size < 5e6, `${size} bytes unpacked`);
  for (const file of files.filter(({ path }) => /^dist\/bin\/.*\.js$/.test(path)))
    assert.ok(file.mode & 0o100, file.path);
});

test('npm pack in a fresh clone packs what it builds: no dist/ was there, the programs are', () => {
  const clone = mkdtempSync(join(tmpdir(), 'mar-clone-'));
  try {
    const listed = run('git', ['ls-files', '-co', '--exclude-standard'], resolve('.'));
    assert.is(listed.status, 0, listed.stderr);
    // Neither tests nor examples are needed for a build.
    const needed = listed.stdout
      .split('\n')
      .filter((path) => /^(src|schemas|templates|docs|\.ci)\/|^[^/]+$/.test(path));
    for (const path of needed.filter((path) => path !== '' && existsSync(path))) cpSync(path, join(clone, path));
    symlinkSync(resolve('node_modules'), join(clone, 'node_modules'));
    const packed = run('npm', ['pack', '--json'], clone);
    assert.is(packed.status, 0, packed.stderr);
    const [report]: { files: { path: string }[] }[] = JSON.parse(packed.stdout);
    const built = report?.files
      .map(({ path }) => path)
      .filter((path) => /^dist\/bin\/(mar|model-archiver)\.js$/.test(path));
    assert.equal(built?.sort(), ['dist/bin/mar.js', 'dist/bin/model-archiver.js']);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
});

testUnless(offline, test, 'npm publish --dry-run has nothing against it', () => {
  const { status, stderr } = run('npm', ['publish', '--dry-run', '--ignore-scripts', tarball], folder);
  assert.is(status, 0, stderr);
  assert.match(stderr, `model-archiver@${version}`);
});

test('publint finds nothing to fix', async () => {
  const view = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages } = await publint({ pack: { tarball: view }, level: 'suggestion', strict: true });
  assert.equal(messages, []);
});

test('arethetypeswrong finds nothing wrong for ES modules', () => {
  const { stdout, status } = run(
    'node_modules/.bin/attw',
    [tarball, '--profile', 'esm-only', '--no-emoji'],
    resolve('.'),
  );
  assert.is(status, 0, stdout);
});

testUnless(offline, test, 'a working directory that was removed is said in a sentence', () => {
  const gone = mkdtempSync(join(tmpdir(), 'mar-gone-'));
  const script = 'cd "$1" && rmdir "$1" && exec "$2" --help';
  const { status, stderr } = run('sh', ['-c', script, 'sh', gone, join(folder, 'node_modules', '.bin', 'mar')], folder);
  assert.is(stderr, 'error: the working directory does not exist any more\nhint: cd to one that does\n');
  assert.is(status, 2);
});

for (const bin of ['mar', 'model-archiver']) {
  testUnless(offline, test, `${bin} runs from an empty project`, () => {
    const program = join(folder, 'node_modules', '.bin', bin);
    const help = run(program, ['--help'], folder);
    assert.is(help.stderr, '');
    assert.match(help.stdout, /Usage: /);
    assert.is(help.status, 0);
    assert.match(run(program, ['-V'], folder).stdout, version);
  });
}

testUnless(offline, test, 'both exports can be imported from JavaScript', () => {
  writeFileSync(
    join(folder, 'both.js'),
    `import { MarError, pack, serve, validate, VERSION } from 'model-archiver';
import { OnnxService, PredictionError } from 'model-archiver/service';
console.log([MarError, pack, serve, validate, OnnxService, PredictionError].map((value) => typeof value).join(), VERSION);`,
  );
  const { stdout, stderr } = run(process.execPath, ['both.js'], folder);
  assert.is(stderr, '');
  assert.is(stdout, `function,function,function,function,function,function ${version}\n`);
});

testUnless(offline, test, 'both exports type-check at the strictest, and a wrong use is refused', () => {
  const consumer = (expression: string) => `import { pack, type PackResult } from 'model-archiver';
import { PredictionError, Service, type Context, type Inputs } from 'model-archiver/service';
export const packed: Promise<PackResult> = pack({ modelName: 'm', modelPath: '.', handler: 'service.ts' });
export function handle(batch: unknown[], context: Context): ${expression}[] {
  if (batch.length === 0) throw new PredictionError('empty', 400);
  return batch.map(() => context.device.running);
}
export default class extends Service {
  override handle(batch: readonly Inputs[]) {
    return batch;
  }
}
`;
  const options = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noEmit',
    '--target',
    'es2023',
    '--module',
    'nodenext',
  ];
  const check = (name: string, source: string) => {
    writeFileSync(join(folder, name), source);
    return run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...options, name], folder);
  };
  assert.is(check('right.ts', consumer('string')).stdout, '');
  assert.match(check('wrong.ts', consumer('number')).stdout, /wrong\.ts\(\d+,\d+\): error TS2322/);
});

test.run();
