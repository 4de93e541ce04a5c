import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reviewScripts } from '#handler/review/review-script.js';
import { packageOf } from '#handler/review/script/module-paths.js';

/** What is said of scripts beside files with other names: the messages of what was not read. */
async function unread(
  scripts: Readonly<Record<string, string>>,
  beside: readonly string[],
  packages: Readonly<Record<string, object>> = {},
): Promise<string[]> {
  const names = Object.entries(packages).map(([folder, text]) => [folder, packageOf(JSON.stringify(text))] as const);
  const found = await reviewScripts(new Map(Object.entries(scripts)), new Map(names), beside);
  return [...found.values()].flat().flatMap(({ kind, message }) => (kind === 'unread' ? [message] : []));
}

for (const [what, text, beside] of [
  ['a file without an ending', "require('./helper');", 'helper'],
  ['such a file beside a script of that name', "require('./helper');", 'helper'],
  ['TypeScript, which later versions of Node run', "import './helper.ts';", 'helper.ts'],
  ['TypeScript by a name that is put together', "await import('./help' + 'er.mts');", 'helper.mts'],
  ['any ending', 'const { a } = require(`./lib/table.dat`);', 'lib/table.dat'],
] as const)
  test(`a file that Node runs under another name than that of a script was not read: ${what}`, async () => {
    const found = await unread({ 'service.js': text, 'helper.js': '' }, [beside, 'model.onnx']);
    assert.equal(found, [`runs ${beside}, which is not named as a script and is not reviewed`]);
  });

test('so was one that a package.json names', async () => {
  const scripts = { 'service.cjs': "require('dep');" };
  const beside = ['node_modules/dep/entry.dat', 'node_modules/dep/entry.ts'];
  const names = (text: object): Promise<string[]> => unread(scripts, beside, { 'node_modules/dep': text });
  assert.is((await names({ main: 'entry.dat' })).length, 1);
  assert.is((await names({ exports: { require: ['./entry.dat'] } })).length, 1);
  assert.is((await names({ main: 'entry.ts' })).length, 1, 'Node 20 requires it as it is');
  assert.equal(await names({ exports: { '.': { '@dep/source': './entry.ts', default: './x.js' } } }), []);
});

test('data, styles and types are not run', async () => {
  const text = "require('./data.json'); import('./style.css'); require('./addon.node'); import('./types.d.ts');";
  assert.equal(await unread({ 'a.cjs': text }, ['data.json', 'style.css', 'addon.node', 'types.d.ts']), []);
  const typed = "/** @type {import('./types.ts').T} */\nexport default 1;";
  assert.equal(await unread({ 'node_modules/dep/a.mjs': typed }, ['node_modules/dep/types.ts']), []);
});

test.run();
