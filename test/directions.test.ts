import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const { default: config }: { default: { forbidden: { name: string; comment?: string }[] } } = await import(
  new URL('../.dependency-cruiser.mjs', import.meta.url).href
);

const root = mkdtempSync(join(tmpdir(), 'mar-directions-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Names of the rules that the tree under `root` violates. */
function violated(): string[] {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = ['--config', resolve('.dependency-cruiser.mjs'), '--output-type', 'json', 'src'];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: 'utf8' });
  assert.ok(stdout.startsWith('{'), stderr);
  const { summary }: { summary: { violations: { rule: { name: string } }[] } } = JSON.parse(stdout);
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const rules = config.forbidden.map(({ name }) => name).sort();

test('every rule says how to repair a violation', () => {
  for (const rule of config.forbidden) assert.ok((rule.comment ?? '').length > 30, rule.name);
});

test('every rule fires on a tree that breaks all of them', () => {
  write('tsconfig.json', '{ "compilerOptions": { "module": "nodenext" } }');
  write('package.json', '{ "name": "x", "type": "module", "devDependencies": { "uvu": "1" } }');
  const owned = rules.flatMap((name) => /^(.+)-belongs-to-/.exec(name)?.[1] ?? []);
  const packages = owned.map((name) => (/^@[^/]+$/.test(name) ? `${name}/any` : name));
  for (const name of [...packages, 'uvu', 'nobody-owns-it']) {
    write(`node_modules/${name}/package.json`, '{ "version": "1.0.0", "type": "module", "exports": "./index.js" }');
    write(`node_modules/${name}/index.js`, 'export default 1;');
  }
  const imports = [...packages, 'uvu', 'nobody-owns-it', './gone.js', './pack/code.js', './report/code.js'];
  const all = imports.map((name, index) => `import x${index} from '${name}';`).join('\n');
  write('src/errors/mar-error.ts', `${all.replaceAll("'./", "'../")}\nexport default [x0];`);
  const phases = rules.flatMap((name) => /^(.+)-is-entered-by-its-faces$/.exec(name)?.[1] ?? []);
  write('src/index.ts', ['report', ...phases].map((folder) => `import './${folder}/code.js';`).join('\n'));
  write(
    'src/bin/mar.ts',
    `import x from '../serve/code.js';\nimport type { T } from '../serve/code.js';\nexport type U = T; export default x;`,
  );
  const folders = rules.flatMap((name) => /^(.+)-imports$/.exec(name)?.[1] ?? []);
  for (const folder of folders.filter(
    (name) => name !== 'leaves-import' && !name.endsWith('-type') && name !== 'bin',
  )) {
    write(
      `src/${folder}/code.ts`,
      `import x from '../bin/mar.js';\nimport type { U } from '../bin/mar.js';\nexport type T = U; export default x;`,
    );
  }
  write('src/serve/http/mms/code.ts', 'export default 1;');
  write('src/serve/http/server/code.ts', `export { default } from '../mms/code.js';`);
  write('src/serve/queue/code.ts', `export { default } from '../http/server/code.js';`);
  write('src/serve/lonely.ts', 'export default 1;');
  assert.equal(violated(), rules);
});

test.run();
