import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import { CORPUS } from '../hostile/corpus.js';

test('the hostile corpus: a finding for each attack, no crash, no file written', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-hostile-check-'));
  try {
    const folder = join(root, 'a', 'b', 'c');
    mkdirSync(folder, { recursive: true });
    for (const { name, plant } of CORPUS) plant(join(folder, name));
    const before = [
      readdirSync(root),
      readdirSync(join(root, 'a')),
      readdirSync(folder).sort(),
      existsSync('/tmp/evil'),
    ];
    const { archives, failures } = await validate(
      CORPUS.map(({ name }) => join(folder, name)),
      { target: ['local'] },
    );
    assert.equal(failures, []);
    assert.is(archives.length, CORPUS.length);
    const reports = new Map(archives.map((report) => [basename(report.path), report]));
    for (const { name, when } of CORPUS) {
      const report = reports.get(name);
      assert.equal(report?.internalErrors, [], name);
      const own = report?.findings.filter((finding) => finding.rule.startsWith('MAR1')) ?? [];
      assert.ok(own.length > 0, `${name} is found`);
      if (when !== 'warn')
        assert.ok(
          own.some((finding) => finding.severity === 'error'),
          `${name} fails: ${own.map((one) => one.rule)}`,
        );
    }
    assert.equal(
      [readdirSync(root), readdirSync(join(root, 'a')), readdirSync(folder).sort(), existsSync('/tmp/evil')],
      before,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
