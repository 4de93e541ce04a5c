import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { schemaCheck } from '#schema.js';
import { manifest, PYTHON_HANDLER, pythonFiles, scriptFiles, zip } from '../check/sample-archives.js';
import { runMar } from '../support/run-mar.js';

const test = suite<{ cwd: string }>('mar validate', { cwd: '' });
const GOOD = zip(pythonFiles());
const BAD = zip(pythonFiles({ 'service.py': undefined }));
const WARNING = zip(pythonFiles({}, { modelVersoin: '1' }));

test.before.each((context) => {
  context.cwd = mkdtempSync(join(tmpdir(), 'mar-cli-'));
  for (const [name, bytes] of Object.entries({ good: GOOD, bad: BAD, warning: WARNING }))
    writeFileSync(join(context.cwd, `${name}.mar`), bytes);
});
test.after.each(({ cwd }) => rmSync(cwd, { recursive: true, force: true }));

/** Runs `mar validate …` in the context's folder and checks the exit code. */
async function run(cwd: string, code: number, ...argv: string[]) {
  const result = await runMar(['validate', ...argv], { cwd });
  assert.is(result.code, code, `${argv.join(' ')}\n${result.stdout}${result.stderr}`);
  return result;
}

test('0 when all pass, 1 when one fails, one last line that says so', async ({ cwd }) => {
  assert.match((await run(cwd, 0, 'good.mar')).stdout, /1 archive passed: 0 errors, 0 warnings, 0 notes\n$/);
  const { stdout } = await run(cwd, 1, 'good.mar', 'bad.mar');
  assert.match(stdout, /MAR301 handler-file-missing/);
  assert.match(stdout, /1 of 2 archives failed/);
});

test('what cannot be checked is exit 2: a path that is not there, a pattern without match, a URL, a folder without archive', async ({
  cwd,
}) => {
  mkdirSync(join(cwd, 'empty'));
  assert.match((await run(cwd, 2, 'absent.mar')).stdout, /absent\.mar does not exist/);
  assert.match((await run(cwd, 2, '*.tar')).stdout, /no file matches \*\.tar/);
  assert.match((await run(cwd, 2, 'http://127.0.0.1/a.mar')).stdout, /is a URL\n.*download/);
  assert.match((await run(cwd, 2, 'empty')).stdout, /empty holds no archive and is not a model directory/);
});

test('an unreadable file is exit 2 and does not hide the others', async ({ cwd }) => {
  mkdirSync(join(cwd, 'locked'));
  writeFileSync(join(cwd, 'locked', 'a.mar'), GOOD);
  chmodSync(join(cwd, 'locked', 'a.mar'), 0);
  // root reads everything: then the file is as good as any other
  const { stdout } = await run(cwd, process.getuid?.() === 0 ? 1 : 2, 'locked/a.mar', 'bad.mar');
  assert.match(stdout, /MAR301/);
});

test('a 0-byte file is a finding', async ({ cwd }) => {
  writeFileSync(join(cwd, 'empty.mar'), '');
  assert.match((await run(cwd, 1, 'empty.mar')).stdout, /MAR101 not-an-archive[\s\S]*the file is empty/);
});

test('a model directory, a folder of archives and a pattern stand for what is in them', async ({ cwd }) => {
  mkdirSync(join(cwd, 'model', 'MAR-INF'), { recursive: true });
  writeFileSync(join(cwd, 'model', 'MAR-INF', 'MANIFEST.json'), manifest());
  writeFileSync(join(cwd, 'model', 'service.py'), PYTHON_HANDLER);
  assert.match((await run(cwd, 0, 'model')).stdout, /^model\n/);
  assert.match((await run(cwd, 1, '.')).stdout, /1 of 3 archives failed/);
  assert.match((await run(cwd, 0, 'g*.mar', 'warn?ng.mar')).stdout, /2 archives passed/);
});

test('200 archives at once: those that fail are shown, those that pass are lines up to twenty, the rest is counted', async ({
  cwd,
}) => {
  mkdirSync(join(cwd, 'many'));
  for (let index = 0; index < 200; index++)
    writeFileSync(join(cwd, 'many', `${index}.mar`), index % 50 === 7 ? BAD : GOOD);
  const { stdout } = await run(cwd, 1, 'many');
  assert.match(stdout, /4 of 200 archives failed: 4 errors/);
  assert.is(stdout.match(/^many\/.*\.mar$/gm)?.length, 4);
  assert.is(stdout.match(/^many\/.*\.mar +pass +local, mms$/gm)?.length, 20);
  assert.match(stdout, /^… and 176 more archives passed without findings/m);
  const quiet = await run(cwd, 1, '-q', 'many');
  assert.is(quiet.stdout.match(/^many\/.*\.mar +pass +local, mms$/gm)?.length, 196);
  assert.is(quiet.stdout.match(/^many\/.*\.mar +FAIL +local 1 error; mms 1 error$/gm)?.length, 4);
});

test('--quiet leaves a verdict per archive, and whatever format was asked for', async ({ cwd }) => {
  const { stdout, stderr } = await run(cwd, 1, '--quiet', 'good.mar', 'bad.mar');
  assert.is(stdout, 'good.mar  pass  local, mms\nbad.mar   FAIL  local 1 error; mms 1 error\n');
  assert.is(stderr, '');
  const json = JSON.parse((await run(cwd, 1, '--quiet', '--json', 'bad.mar')).stdout);
  assert.is(json.passed, false);
  assert.match((await run(cwd, 1, '-q', '--format', 'markdown', 'bad.mar')).stdout, /^## Failed/);
  assert.match((await run(cwd, 1, '-q', '--format', 'pretty', 'bad.mar')).stdout, /MAR301 handler-file-missing/);
  assert.match(
    (await run(cwd, 2, '-q', 'absent.mar')).stdout,
    /^absent\.mar {2}not checked {2}absent\.mar does not exist\n$/,
  );
});

test('a fault in every entry is told for every entry, and no ignore of some hides the others', async ({ cwd }) => {
  const named = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}/aux.txt`, '']));
  writeFileSync(join(cwd, 'windows.mar'), zip(pythonFiles(named)));
  const argv = ['--severity', 'windows-name=error', '--ignore', 'windows-name:1*', 'windows.mar'];
  assert.match((await run(cwd, 1, ...argv)).stdout, /windows-name .*189 findings[\s\S]*\n {4}… and 179 more/);
});

test('beyond 500 findings of a rule the next one says so, and stays when those are ignored', async ({ cwd }) => {
  const imports = Array.from({ length: 600 }, (_, index) => `import m${index}\n`).join('');
  writeFileSync(join(cwd, 'imports.mar'), zip(pythonFiles({ 'service.py': `${imports}${PYTHON_HANDLER}` })));
  const { findings } = JSON.parse((await run(cwd, 0, '--json', 'imports.mar')).stdout).archives[0];
  assert.is(findings.length, 501);
  assert.match(findings[499].at.entry, 'service.py');
  assert.is(findings[500].at, undefined);
  assert.match(findings[500].message, 'more than 500 findings');
  const { stdout } = await run(cwd, 0, '--ignore', 'import-not-packed:service.py', 'imports.mar');
  assert.match(stdout, /import-not-packed[^\n]*\n {4}there are more than 500 findings/);
});

test('--target: chosen ones, several, and the nearest known one for a mistake', async ({ cwd }) => {
  writeFileSync(join(cwd, 'node.mar'), zip(scriptFiles()));
  assert.match((await run(cwd, 0, 'node.mar')).stdout, /^ {2}local +pass/m);
  const { stdout } = await run(cwd, 1, '--target', 'local,mms', '--target', 'torchserve', 'node.mar');
  assert.match(stdout, /local +pass[\s\S]*mms +FAIL[\s\S]*torchserve +FAIL/);
  assert.match(
    (await run(cwd, 2, '--target', 'torchserv', 'node.mar')).stderr,
    /no target 'torchserv' \(did you mean 'torchserve'\?\)/,
  );
});

test('--ignore: by id, by name, by entry; an unused one is pointed out; a mistake gets the nearest name', async ({
  cwd,
}) => {
  await run(cwd, 0, '--ignore', 'MAR301', 'bad.mar');
  await run(cwd, 0, '--ignore', 'handler-file-missing:MAR-INF/*', 'bad.mar');
  const { stdout } = await run(cwd, 1, '--ignore', 'MAR301:other/*,unknown-field', 'bad.mar');
  assert.match(stdout, /the ignore 'MAR301:other\/\*' matched nothing/);
  assert.match(stdout, /the ignore 'unknown-field' matched nothing/);
  assert.match((await run(cwd, 2, '--ignore', 'unknown-feild', 'bad.mar')).stderr, /did you mean 'unknown-field'/);
});

test('--severity, --strict and --max-warnings move the line', async ({ cwd }) => {
  await run(cwd, 0, 'warning.mar');
  await run(cwd, 1, '--strict', 'warning.mar');
  await run(cwd, 1, '--severity', 'unknown-field=error', 'warning.mar');
  assert.match((await run(cwd, 0, '--severity', 'MAR301=off', 'bad.mar')).stdout, /1 finding ignored/);
  await run(cwd, 0, '--max-warnings', '1', 'warning.mar');
  assert.match((await run(cwd, 1, '--max-warnings', '0', 'warning.mar')).stdout, /more warnings than the 0 allowed/);
  assert.match((await run(cwd, 2, '--severity', 'MAR301=eror', 'bad.mar')).stderr, /did you mean 'error'/);
  assert.match((await run(cwd, 2, '--max-warnings', 'few', 'bad.mar')).stderr, /whole number/);
});

test('--config: the same options from a file; flags go over it; a mistake is named with its place', async ({ cwd }) => {
  const config = (text: string) => writeFileSync(join(cwd, 'c.json'), text);
  config('{ "ignore": ["MAR301"], "target": ["mms"] }');
  assert.match((await run(cwd, 0, '--config', 'c.json', 'bad.mar')).stdout, /^ {2}mms +pass/m);
  await run(cwd, 1, '--config', 'c.json', '--ignore', 'MAR302', 'bad.mar');
  config('{\n  "ingore": []\n}');
  assert.match(
    (await run(cwd, 2, '--config', 'c.json', 'bad.mar')).stderr,
    /c\.json:2:3: \/ingore is not known \(did you mean 'ignore'\?\)/,
  );
  config('{ "ignore": [ }');
  assert.match((await run(cwd, 2, '--config', 'c.json', 'bad.mar')).stderr, /c\.json:1:\d+: /);
  assert.match((await run(cwd, 2, '--config', 'absent.json', 'bad.mar')).stderr, /absent\.json cannot be read: ENOENT/);
});

test('--format and --output: one on the screen, any number in files', async ({ cwd }) => {
  const files = ['r.json', 'r.sarif', 'r.xml', 'r.md', 'github=r.out'].flatMap((name) => ['--output', name]);
  const { stdout } = await run(cwd, 1, '--format', 'github', ...files, 'bad.mar');
  assert.match(stdout, /^::error file=bad\.mar,/);
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
  assert.equal(schemaCheck('report')(JSON.parse(read('r.json'))), []);
  assert.is(JSON.parse(read('r.sarif')).version, '2.1.0');
  assert.match(read('r.xml'), /^<\?xml/);
  assert.match(read('r.md'), /^## Failed/);
  assert.is(read('r.out'), stdout);
  assert.is((await run(cwd, 1, '--json', 'bad.mar')).stdout, (await run(cwd, 1, '--format', 'json', 'bad.mar')).stdout);
  assert.match((await run(cwd, 2, '--format', 'sariff', 'bad.mar')).stderr, /did you mean 'sarif'/);
  assert.match((await run(cwd, 2, '--output', 'r.unknown', 'bad.mar')).stderr, /write FORMAT=FILE/);
  const unwritten = await run(cwd, 2, '--json', '--output', 'no/where.json', 'bad.mar');
  const { error } = JSON.parse(unwritten.stdout);
  assert.is(error.code, 'ERR_OUTPUT_UNWRITABLE');
  assert.match(error.message, /^no\/where\.json cannot be written: ENOENT/);
  assert.is(error.hint, 'Name a file in an existing directory that you may write to.');
});

test('annotations follow by themselves under GITHUB_ACTIONS', async ({ cwd }) => {
  const { stdout } = await runMar(['validate', 'bad.mar'], { cwd, env: { GITHUB_ACTIONS: 'true' } });
  assert.match(stdout, /1 of 1 archive failed[\s\S]*\n::error file=bad\.mar/);
});

test('nothing of the archive is executed without --run, and with it a load that fails is a finding', async ({
  cwd,
}) => {
  const trace = join(cwd, 'ran');
  const body = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(trace)}, '');\nexport function handle(batch) {\n  return batch.map(() => { throw new Error('no'); });\n}\n`;
  const golden = JSON.stringify({ request: { json: 1 }, expect: { status: 200 } });
  writeFileSync(join(cwd, 'traced.mar'), zip(scriptFiles({ 'service.mjs': body, 'MAR-INF/tests/one.json': golden })));
  await run(cwd, 0, 'traced.mar');
  assert.throws(() => readFileSync(trace), /ENOENT/);
  const { stdout } = await run(cwd, 1, '--run', '--contain', 'never', 'traced.mar');
  assert.is(readFileSync(trace, 'utf8'), '');
  assert.match(stdout, /MAR511 golden-case-failed/);
  assert.match(
    stdout,
    /ran +loaded in a worker, 0 of 1 golden case passed \([\d.]+ s\), NOT CONTAINED: it was switched off\n/,
  );
});

test('where the machine cannot run it, that is said with exit 2, and is no finding of the archive', async ({ cwd }) => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = join(cwd, 'absent');
  try {
    const { stdout } = await run(cwd, 2, '--run', 'good.mar');
    assert.match(stdout, /cannot be unpacked below the temporary directory .*absent/);
    assert.match(stdout, /TMPDIR/);
    assert.not.match(stdout, 'MAR510');
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test('an interrupt stops the check without a verdict', async ({ cwd }) => {
  const { code, stdout } = await runMar(['validate', 'good.mar'], { cwd, signal: AbortSignal.abort('SIGINT') });
  assert.is(code === 0 || code === 1, false, String(code));
  assert.is(stdout, '');
});

test('mar rules: a list, one rule, and the nearest name for a mistake', async ({ cwd }) => {
  const list = await runMar(['rules'], { cwd });
  assert.match(list.stdout, /MAR101 +not-an-archive/);
  const one = await runMar(['rules', 'MAR306', '--json'], { cwd });
  assert.is(JSON.parse(one.stdout)[0].name, 'handler-arity');
  const none = await runMar(['rules', 'handler-aritty'], { cwd });
  assert.is(none.code, 2);
  assert.match(none.stderr, /did you mean 'handler-arity'/);
});

test.run();
