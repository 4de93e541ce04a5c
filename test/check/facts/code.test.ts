import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PackedReview, reviewCode } from '#check/facts/code.js';
import { MarError } from '#errors/mar-error.js';
import { ownFile } from '#own-files.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { archiveOf, type Chunks } from './archive-of.js';

const MIB = 1024 * 1024;
const SHELL = 'require("child_process").execSync("id");\n';
const BUILT = ownFile('dist/bridge/worker/dist/worker/main.js');

/** Files with something to see, with its lines; and those that were not looked at. */
async function seen(files: Chunks): Promise<unknown[]> {
  const { files: found, unseen } = await reviewCode(archiveOf(files));
  return [found.map(({ entry, remarks }) => [entry, remarks[0]?.line]), unseen];
}

test('source is looked at by its name, whatever ends its lines or stands before them', async () => {
  assert.equal(
    await seen({
      'a.js': SHELL,
      'b.MJS': `\ufeff\r\n${SHELL}`,
      'c.cjs': 'module.exports = 1;\n',
      'd.py': 'import os\nos.system("id")\n',
      'e.PYW': '\nimport os\n\r\nos.system("id")\n',
      'f.ts': SHELL,
      'g.js.txt': SHELL,
    }),
    [
      [
        ['a.js', 1],
        ['b.MJS', 2],
        ['d.py', 2],
        ['e.PYW', 4],
      ],
      [],
    ],
  );
});

test('scripts beyond 8 MiB, Python beyond one, and what comes after 64 in all, are named as not looked at', async () => {
  const filled = (size: number): string => `${SHELL}//`.padEnd(size, 'x');
  assert.equal(await seen({ 'a.js': filled(8 * MIB), 'b.js': filled(8 * MIB + 1), 'c.js': SHELL }), [
    [
      ['a.js', 1],
      ['c.js', 1],
    ],
    ['b.js'],
  ]);
  const python = (size: number): string => 'import os\nos.system("id")\n#'.padEnd(size, 'x');
  assert.equal(await seen({ 'a.py': python(MIB), 'b.py': python(MIB + 1) }), [[['a.py', 2]], ['b.py']]);
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`${at}.js`, `//${'x'.repeat(8 * MIB - 2)}`]));
  assert.equal(await seen({ 'data.bin': filled(3 * MIB), ...many, 'last.js': SHELL }), [[], ['8.js', 'last.js']]);
});

test('what packages in an archive bring is reviewed with the way to it, and what libraries do, too, is for a reviewer to see', async () => {
  const packed = new PackedReview();
  const take = (path: string, text: string): Promise<void> => packed.take(`dep.whl!${path}`, Buffer.from(text));
  await take('dep/__init__.py', 'from .tools import setup\nsetup()\n');
  await take('dep/tools.py', 'import os\ndef setup():\n    os.system("id")\n');
  await take('dep/later.py', 'import subprocess\ndef f():\n    subprocess.run(["x"])\n');
  await take('dep/now.py', 'import os\nos.system("id")\n');
  await take('dep.pth', '/somewhere\nimport os; os.system("id")\n');
  await take('weights.pth', '\0import os; os.system("id")\n');
  await take('large.py', ' '.repeat(MIB + 1));
  const { files, unseen } = await packed.result();
  assert.equal(
    files.map(({ entry, remarks }) => [entry, remarks.map(({ kind, line }) => `${kind} ${line}`)]),
    [
      ['dep.whl!dep/tools.py', ['review 3']],
      ['dep.whl!dep/later.py', ['review 3']],
      ['dep.whl!dep/now.py', ['attack 2']],
      ['dep.whl!dep.pth', ['attack 2']],
    ],
  );
  assert.equal(unseen, ['dep.whl!large.py']);
});

test('an interruption stops before the next file', async () => {
  const signal = AbortSignal.abort(new MarError('stopped', { code: 'ERR_INTERRUPTED' }));
  await rejectsWith('ERR_INTERRUPTED', () => reviewCode(archiveOf({ 'a.js': SHELL }), signal));
  assert.equal(await reviewCode(archiveOf({ 'a.txt': '' }), signal), { files: [], unseen: [] });
});

testUnless(
  existsSync(BUILT) ? undefined : 'the package is not built',
  test,
  'files of our bridge and of the packages that it carries say nothing, as long as they are the same in their place',
  async () => {
    const worker = readFileSync(BUILT);
    const module = readFileSync(ownFile('node_modules/sharp/dist/libvips.mjs'));
    const [ours, theirs] = ['MAR-INF/bridge/dist/worker/main.js', 'MAR-INF/bridge/node_modules/sharp/dist/libvips.mjs'];
    assert.equal(await seen({ [ours]: worker, [theirs]: module }), [[], []]);
    const changed = Buffer.concat([worker, Buffer.from('\n')]);
    const files = { [ours]: changed, 'main.js': worker, 'libvips.mjs': module, [`x/${ours}`]: worker };
    const [found] = await seen(files);
    assert.equal(Array.isArray(found) ? found.map(([entry]) => entry) : found, [
      ours,
      'main.js',
      'libvips.mjs',
      `x/${ours}`,
    ]);
    const python = readFileSync(ownFile('dist/bridge/mar_bridge/process.py'), 'utf8');
    assert.equal(await seen({ 'mar_bridge/process.py': python }), [[], []]);
    const attack = `${python}\nimport os\nos.system("id")\n`;
    assert.equal((await reviewCode(archiveOf({ 'mar_bridge/process.py': attack }))).files.length, 1);
  },
);

test.run();
