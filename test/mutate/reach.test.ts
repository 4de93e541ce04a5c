import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import { Reach } from './reach.js';

const FILES = {
  'a.ts': `interface Shape { readonly x: boolean }
export function f({ x }: Shape): number {
  if (x) {
    return 1;
  }
  return g() + 2;
}
function g(): number {
  return 3;
}
`,
  'b.ts': 'export const never = () => 1;\n',
  'main.ts': "import { f } from './a.ts';\nf({ x: true });\n",
};

test(
  'a place that a run came by is told from one that it did not, in the lines of the source',
  inFolder(FILES, ({ path }) => {
    const root = realpathSync(path);
    const coverage = join(root, 'coverage');
    mkdirSync(coverage);
    const env = { ...process.env, NODE_V8_COVERAGE: coverage };
    execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), join(root, 'main.ts')], { env });
    const reach = new Reach(coverage, root);
    const has = (file: string, line: number, column: number): boolean => reach.has({ file, line, column });
    assert.ok(has('a.ts', 3, 6), 'the condition');
    assert.ok(has('a.ts', 4, 4), 'the branch that was taken');
    assert.not(has('a.ts', 6, 9), 'what comes after it');
    assert.not(has('a.ts', 9, 9), 'a function that was not called');
    assert.not(has('b.ts', 1, 27), 'a file that was not loaded');
  }),
);

test(
  'without any coverage everything may have been reached',
  inFolder({ 'coverage/': '' }, ({ path }) => {
    assert.ok(new Reach(join(path, 'coverage'), path).has({ file: 'a.ts', line: 1, column: 0 }));
  }),
);

test.run();
