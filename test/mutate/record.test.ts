import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../support/model-folder.js';
import { type Mutant, mutantsOf } from './mutants.js';
import { type Finding, lineAt, Record, relocate } from './record.js';

const SOURCE = `function f(a: number, b: number) {
  if (a < b) g(a);
  if (a < b && b < a) g(b);
}
`;

const mutants = (text: string): Mutant[] => mutantsOf('x.ts', text);
const finding = (mutant: Mutant, fate: Finding['fate'] = 'survived'): Finding => ({
  mutant,
  fate,
  by: null,
  lineText: lineAt(SOURCE, mutant.start),
});

test('the line at an offset is the whole line, without its indentation', () => {
  const [first, second, third] = ['function', '< b)', 'g(b)'].map((text) => lineAt(SOURCE, SOURCE.indexOf(text)));
  assert.is(first, 'function f(a: number, b: number) {');
  assert.is(second, 'if (a < b) g(a);');
  assert.is(third, 'if (a < b && b < a) g(b);');
  assert.is(lineAt('no end', 3), 'no end');
});

test('a mutant is found again where its line went, and not where the line was changed', () => {
  const moved = mutants(`\n\n{\n${SOURCE.replace('if (a < b) g(a);', 'if (a <= b) g(a);')}}\n`);
  for (const mutant of mutants(SOURCE)) {
    const now = relocate(finding(mutant), moved, `\n\n{\n${SOURCE.replace('(a < b) g', '(a <= b) g')}}\n`);
    if (mutant.line === 2) assert.is(now, undefined, mutant.change);
    else assert.equal([now?.line, now?.column, now?.change], [mutant.line + 3, mutant.column, mutant.change]);
  }
});

test(
  'a record holds the last finding of each mutant, from run to run; one without a file leaves nothing',
  inFolder({}, ({ path }) => {
    const file = join(path, 'deep/x.jsonl');
    const [first, second] = mutants(SOURCE);
    if (first === undefined || second === undefined) throw new Error('there are mutants');
    const record = new Record(file);
    record.add(finding(first));
    record.add(finding(second));
    record.add({ ...finding(first, 'killed'), by: 'a.test.ts' });
    const read = new Record(file);
    assert.equal(read.all(), record.all());
    assert.equal([read.all().length, read.of(first)?.fate, read.of(first)?.by], [2, 'killed', 'a.test.ts']);
    assert.is(read.of({ ...first, replacement: 'other' }), undefined);
    writeFileSync(file, '');
    assert.equal(new Record(file).all(), []);
    const kept = new Record(undefined);
    kept.add(finding(first));
    assert.equal([kept.all().length, existsSync(join(path, 'undefined'))], [1, false]);
  }),
);

test.run();
