import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { validate } from '#index.js';
import { missingCommand } from '../support/commands.js';
import { testUnless } from '../support/test-unless.js';
import { LOADABLE } from './loadable-archives.js';

/** Errors that do not show while loading: every request fails instead, or nothing can be opened at all. */
const NOT_WHILE_LOADING = ['MAR101', 'MAR102', 'MAR306', 'MAR307', 'MAR313', 'MAR324'];

testUnless(missingCommand('python3'), test, 'what we say about our own runner is what its workers do', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mar-local-'));
  try {
    const paths = Object.entries(LOADABLE).map(([name, bytes]) => {
      const path = join(root, `${name}.mar`);
      writeFileSync(path, bytes);
      return path;
    });
    const { archives, failures } = await validate(paths, { target: ['local'], run: true });
    assert.equal(failures, []);
    const differing = archives.filter(({ findings, run }) => {
      const errors = findings.filter(({ severity, rule }) => severity === 'error' && !rule.startsWith('MAR51'));
      if (errors.length > 0 && errors.every(({ rule }) => NOT_WHILE_LOADING.includes(rule))) return false;
      return (errors.length === 0) !== (run?.loaded ?? false);
    });
    assert.equal(
      differing.map(({ path }) => basename(path, '.mar')),
      [],
      JSON.stringify(
        differing.map(({ path, findings }) => [path, findings.map(({ rule, message }) => `${rule} ${message}`)]),
        null,
        2,
      ),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test.run();
