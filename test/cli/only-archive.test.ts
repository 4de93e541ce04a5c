import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pythonFiles, zip } from '../check/sample-archives.js';
import { runMar } from '../support/run-mar.js';

const test = suite<{ cwd: string }>('a command without an archive', { cwd: '' });
const GOOD = zip(pythonFiles());
const SAID = 'using cats.mar, the only archive here\n';

test.before.each((context) => {
  context.cwd = mkdtempSync(join(tmpdir(), 'mar-only-'));
  writeFileSync(join(context.cwd, 'cats.mar'), GOOD);
  writeFileSync(join(context.cwd, 'cats.mar.txt'), 'not an archive');
});
test.after.each(({ cwd }) => rmSync(cwd, { recursive: true, force: true }));

for (const [argv, expected] of [
  [['validate'], /^cats\.mar\n {2}local +pass/],
  [['inspect'], /cats\.mar: zip, 2 entries/],
  [['test'], /^cats loads; .*cats\.mar has no golden cases/m],
] as const) {
  test(`mar ${argv[0]} takes the only .mar of the working directory and says so on standard error`, async ({ cwd }) => {
    const { code, stdout, stderr } = await runMar(argv, { cwd });
    assert.is(code, 0, stderr);
    assert.is(stderr, SAID);
    assert.match(stdout, expected);
  });

  test(`mar ${argv[0]} with none or several: the mistake, and what to type`, async ({ cwd }) => {
    writeFileSync(join(cwd, 'dogs.mar'), GOOD);
    const several = await runMar(argv, { cwd });
    assert.is(several.code, 2);
    assert.is(
      several.stderr,
      `error: No archive is given, and the working directory holds 2: cats.mar, dogs.mar.\nhint: Name one: mar ${argv[0]} cats.mar\n`,
    );
    for (const name of ['cats.mar', 'dogs.mar']) rmSync(join(cwd, name));
    const none = await runMar(argv, { cwd });
    assert.is(none.code, 2);
    assert.is(
      none.stderr,
      `error: No archive is given, and the working directory holds no .mar.\nhint: Name one: mar ${argv[0]} model.mar\n`,
    );
  });
}

/** What `mar serve-local ARGS` would load at start. */
async function loaded(cwd: string, ...args: string[]): Promise<{ value: string | undefined; stderr: string }> {
  const { code, stdout, stderr } = await runMar(['serve-local', '--print-config', '--json', ...args], { cwd });
  assert.is(code, 0, stderr);
  const { values }: { values: { key: string; value?: string }[] } = JSON.parse(stdout);
  return { value: values.find(({ key }) => key === 'load_models')?.value, stderr };
}

test('mar serve-local takes it too, unless models or a model store are named', async ({ cwd }) => {
  assert.equal(await loaded(cwd), { value: 'cats.mar', stderr: SAID });
  assert.equal(await loaded(cwd, '--model-store', '.'), { value: undefined, stderr: '' });
  assert.equal(await loaded(cwd, '--models', 'a=cats.mar'), { value: 'a=cats.mar', stderr: '' });
  writeFileSync(join(cwd, 'config.properties'), 'model_store=.\n');
  assert.equal(await loaded(cwd), { value: undefined, stderr: '' });
  rmSync(join(cwd, 'config.properties'));
  writeFileSync(join(cwd, 'dogs.mar'), GOOD);
  assert.equal(await loaded(cwd), { value: undefined, stderr: '' }, 'a server without models is a use of its own');
});

test.run();
