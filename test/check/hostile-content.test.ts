import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TARGETS } from '#check/finding.js';
import { validate } from '#index.js';
import { schemaCheck } from '#schema.js';
import { HOSTILE_CONTENT } from './hostile-content.js';
import { zip } from './sample-archives.js';

test('content made to exhaust a parser: each archive gets its report, or a limit that is named; never a crash', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-hostile-content-'));
  try {
    const paths = Object.entries(HOSTILE_CONTENT).map(([name, files]) => {
      const path = join(root, `${name.replace(/\W+/g, '-')}.mar`);
      writeFileSync(path, zip(files));
      return path;
    });
    const report = await validate(paths, { target: TARGETS });
    assert.equal(report.failures, []);
    assert.is(report.archives.length, paths.length);
    for (const { path, internalErrors } of report.archives) assert.equal(internalErrors, [], basename(path));
    assert.equal(schemaCheck('report')(report), []);
    for (const { findings, path } of report.archives)
      for (const { message } of findings)
        assert.ok(message.length < 2500, `${basename(path)}: a message of ${message.length} characters`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
