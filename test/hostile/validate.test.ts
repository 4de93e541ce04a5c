import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import { CORPUS } from './corpus.js';

const directory = mkdtempSync(join(tmpdir(), 'mar-hostile-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

test('validate turns the whole corpus into findings in one run: no crash, and the attack is always among them', async () => {
  const paths = CORPUS.map((attack) => {
    const path = join(directory, attack.name);
    attack.plant(path);
    return path;
  });
  const { archives, failures } = await validate(paths, { concurrency: 2 });
  assert.equal(failures, []);
  const reports = new Map(archives.map((report) => [report.path, report]));
  assert.is(reports.size, CORPUS.length);
  const missed: string[] = [];
  for (const { name, when } of CORPUS) {
    const report = reports.get(join(directory, name));
    const rules = report?.findings.filter(({ rule }) => rule.startsWith('MAR1')) ?? [];
    const found = when === 'warn' ? rules.length > 0 : rules.some(({ severity }) => severity === 'error');
    if (!found) missed.push(name);
    assert.equal(report?.internalErrors, [], name);
  }
  assert.equal(missed, []);
});

test.run();
