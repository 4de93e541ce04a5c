import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mirroredTests } from './mirrored-tests.js';
import { draw, mutantsOf } from './mutants.js';

const SOURCE = `import { a } from 'b';
type T = 'x' | 'y';
export function f(n: number): boolean {
  if (n < 1 && a) { g(n); return true; }
  const text = ['1', '2', '3', '4', '5'];
  n = n ?? 3;
  throw new Error(text[0]);
}
`;

test('operators, conditions, constants, calls, assignments and some literals are changed; types and imports are not', () => {
  const mutated = mutantsOf('x.ts', SOURCE).map(
    ({ start, end, replacement, line }) =>
      `${line}: ${SOURCE.slice(start, end).replace(/\s+/g, ' ')} => ${replacement}`,
  );
  assert.equal(mutated, [
    '4: n < 1 && a => !(n < 1 && a)',
    '4: && => ||',
    '4: < => <=',
    '4: g(n); => ;',
    '4: true => false',
    "5: '4' => ''",
    '6: n = n ?? 3; => ;',
    '6: n ?? 3 => n',
    '7: throw new Error(text[0]); => ;',
  ]);
});

test('a seed draws the same ones, in another order for another seed, and never more than there are', () => {
  const list = Array.from({ length: 50 }, (_, index) => index);
  assert.equal(draw(list, 10, 1), draw(list, 10, 1));
  assert.not.equal(draw(list, 10, 1), draw(list, 10, 2));
  assert.equal(
    draw(list, 99, 3).sort((a, b) => a - b),
    list,
  );
  assert.equal(draw(list, 20, 1).slice(0, 10), draw(list, 10, 1));
});

test('a source is tried on its own tests first, then on those of its folder and of the folders above', () => {
  const { own, folder } = mirroredTests('src/serve/queue/batcher.ts');
  assert.equal(own.sort(), [
    'test/serve/queue/batcher-losses.test.ts',
    'test/serve/queue/batcher-model.test.ts',
    'test/serve/queue/batcher.test.ts',
  ]);
  assert.ok(folder.includes('test/serve/queue/job-queue.test.ts') && !folder.some((path) => own.includes(path)));
  assert.ok(folder.indexOf('test/serve/races.test.ts') > folder.indexOf('test/serve/queue/job-queue.test.ts'));
  const outside = mirroredTests('src/archive/zip/local-headers.ts').folder;
  assert.ok(
    outside.indexOf('test/check/rules/archive/container.test.ts') > outside.indexOf('test/archive/fuzz.test.ts'),
  );
  const fact = mirroredTests('src/check/facts/code.ts').folder;
  assert.ok(fact.includes('test/check/rules/manifest/files.test.ts') && fact.includes('test/check/rule.test.ts'));
  assert.not.ok(mirroredTests('src/check/rules/code.ts').folder.includes('test/check/rules/manifest/files.test.ts'));
  const far = mirroredTests('src/serve/queue/nowhere/at-all.ts');
  assert.equal(far.own, []);
  assert.equal([...own, ...folder].sort(), far.folder.sort());
});

test.run();
