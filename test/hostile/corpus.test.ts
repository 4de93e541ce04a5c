import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scanArchive } from '#archive/open.js';
import { extractAsUser } from '../support/extract-as-user.js';
import type { Attack } from './attack.js';
import { CORPUS } from './corpus.js';

async function codesOf(path: string): Promise<string[]> {
  const { archive, problems } = await scanArchive(path);
  await archive?.close();
  return problems.map((problem) => problem.code);
}

async function meet(attack: Attack): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'mar-hostile-'));
  try {
    const archive = join(root, attack.name);
    // Deep enough that a step or two upwards still lands below `root`, where it is seen.
    const nest = join(root, 'x', 'y', 'z');
    mkdirSync(nest, { recursive: true });
    attack.plant(archive);
    const before = readdirSync('/tmp').includes('evil');
    const code = await extractAsUser(archive, join(nest, 'target'));
    assert.equal(readdirSync(nest), attack.when === 'warn' ? ['target'] : [], 'only the target may appear beside it');
    assert.equal(readdirSync(join(root, 'x')), ['y']);
    assert.equal(readdirSync(join(root, 'x', 'y')), ['z']);
    assert.equal(readdirSync(root).sort(), [attack.name, 'x'].sort());
    assert.is(existsSync('/tmp/evil'), before, 'nothing is written to /tmp');
    assert.is(code, attack.when === 'warn' ? undefined : attack.expect);
    const codes = await codesOf(archive);
    if (attack.when === 'read') assert.equal(codes, [], 'the structure of these is sound');
    else assert.ok(codes.includes(attack.expect), `${attack.expect} is among ${codes.join(', ')}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('the corpus has at least 80 attacks, each with a name of its own and a reason', () => {
  assert.ok(CORPUS.length >= 80, `${CORPUS.length} attacks`);
  assert.is(new Set(CORPUS.map(({ name }) => name)).size, CORPUS.length);
  for (const { name, why } of CORPUS) assert.ok(why.length > 0, name);
});

for (const attack of CORPUS) test(`${attack.name} → ${attack.expect} (${attack.when})`, () => meet(attack));

test.run();
