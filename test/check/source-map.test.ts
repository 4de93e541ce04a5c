import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Finding, pack, validate } from '#index.js';

const test = suite<{ root: string }>('findings in the user’s own source', { root: '' });
test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'mar-source-map-'));
});
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

/** Packs a TypeScript handler as a user would and returns what the validator finds. */
async function findingsOf(
  root: string,
  files: Readonly<Record<string, string>>,
  handler: string,
): Promise<readonly Finding[]> {
  const modelPath = join(root, 'model');
  mkdirSync(modelPath);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(modelPath, name), text);
  await pack({ modelName: 'cats', modelPath, handler, exportPath: root });
  const { archives } = await validate([join(root, 'cats.mar')], { target: ['local'] });
  return archives[0]?.findings ?? [];
}

test('a result that is no list: file, line and code frame are those of the .ts', async ({ root }) => {
  const files = {
    'service.ts':
      "import { label } from './label.js';\n\n// a comment that the compiler drops\n\nexport function handle(batch: unknown[]): any {\n  return { label: label(batch.length) };\n}\n",
    'label.ts': 'export const label = (size: number): string => "cat " + size;\n',
    'labels.txt': 'cat\n',
  };
  const found = (await findingsOf(root, files, 'service.ts')).find((finding) => finding.name === 'result-not-a-list');
  assert.equal(found?.at, { entry: 'service.ts', line: 6, column: 3 });
  assert.match(found?.frame ?? '', /> 6 \|\s+return \{ label: label\(batch\.length\) \};\n\s+\| {3}\^/);
});

test('a module that ends the process while it is loaded, in an imported file', async ({ root }) => {
  const files = {
    'service.ts': "import './setup.js';\nexport const handle = (batch: unknown[]) => batch.map(() => 'ok');\n",
    'setup.ts': '\n\nif (!process.env.MODEL_KEY) console.error("no key");\nprocess.exit(1);\n',
    'labels.txt': 'cat\n',
  };
  const found = (await findingsOf(root, files, 'service.ts:handle')).find(
    (finding) => finding.name === 'module-never-loads',
  );
  assert.equal([found?.at?.entry, found?.at?.line], ['setup.ts', 4]);
});

test('a sound handler has nothing to be found but that it lacks a golden case', async ({ root }) => {
  const files = {
    'service.ts':
      "import { OnnxService } from 'model-archiver/service';\n\nexport default class extends OnnxService {}\n",
    'labels.txt': 'cat\n',
  };
  const names = (await findingsOf(root, files, 'service.ts')).map((finding) => finding.name);
  assert.equal(names, ['no-golden-case']);
});

test.run();
