import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROBLEMS } from '#archive/problem.js';
import { type ArchiveReport, TARGETS } from '#check/finding.js';
import { RULES } from '#check/registry.js';
import { validate } from '#index.js';
import type { RuleFixture } from './rule-fixtures/fixture.js';
import { FIXTURES } from './rule-fixtures/fixtures.js';
import { zip } from './sample-archives.js';

/** Reports of all fixtures by `RULE-fires` and `RULE-silent`: one validation for those that are only read, one for those that are run. */
async function reportAll(): Promise<Map<string, ArchiveReport>> {
  const root = mkdtempSync(join(tmpdir(), 'mar-rules-'));
  const reports = new Map<string, ArchiveReport>();
  try {
    for (const run of [false, true]) {
      const chosen = Object.entries(FIXTURES).filter(([, fixture]) => (fixture.run ?? false) === run);
      const paths = chosen.flatMap(([id, { fires, silent }]) => [
        plant(root, `${id}-fires`, fires),
        plant(root, `${id}-silent`, silent),
      ]);
      const { archives, failures } = await validate(paths, { target: TARGETS, run });
      assert.equal(failures, []);
      for (const report of archives) {
        assert.equal(report.internalErrors, []);
        reports.set(basename(report.path, '.mar'), report);
      }
    }
    return reports;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function plant(root: string, name: string, archive: RuleFixture['fires']): string {
  const path = join(root, `${name}.mar`);
  if (typeof archive === 'function') archive(path);
  else writeFileSync(path, zip(archive));
  return path;
}

const reports = await reportAll();

function reportOn(name: string): ArchiveReport {
  const report = reports.get(name);
  if (!report) throw new Error(`no report on ${name}`);
  return report;
}

test('every rule has a fixture and every fixture a rule', () => {
  const ids = RULES.map((rule) => rule.id);
  assert.equal(Object.keys(FIXTURES).sort(), [...ids].sort());
});

test('every problem that reading can find has a rule, except a file that changes meanwhile', () => {
  const folder = new URL('../../src/check/rules/archive/', import.meta.url);
  const source = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('');
  const missing = Object.keys(PROBLEMS).filter((code) => !source.includes(`'${code}'`));
  assert.equal(missing, ['ERR_ARCHIVE_CHANGED']);
});

for (const rule of RULES) {
  const fixture = FIXTURES[rule.id];
  if (!fixture) continue;
  test(`${rule.id} ${rule.name} fires where it should and stays silent where not`, () => {
    const loud = reportOn(`${rule.id}-fires`);
    const found = loud.findings.filter((finding) => finding.rule === rule.id);
    assert.ok(
      found.length > 0,
      `fires; found ${loud.findings.map((finding) => `${finding.rule} ${finding.message}`).join(' | ')}`,
    );
    for (const finding of found) {
      assert.is(finding.name, rule.name);
      assert.ok(
        finding.message.length > 10 && !finding.message.includes('undefined') && !finding.message.includes('[object'),
        finding.message,
      );
      assert.ok(Object.keys(finding.targets).length > 0);
    }
    const quiet = reportOn(`${rule.id}-silent`);
    assert.equal(
      quiet.findings.filter((finding) => finding.rule === rule.id),
      [],
    );
  });
}

test('the archives on which a rule is silent are good: nothing but the target itself is wrong with them', () => {
  for (const id of Object.keys(FIXTURES)) {
    const { findings } = reportOn(`${id}-silent`);
    const errors = findings.filter(
      (finding) => finding.severity === 'error' && !['runtime-unsupported', 'tarball-layout'].includes(finding.name),
    );
    assert.equal(
      errors.map((finding) => `${id}: ${finding.rule} ${finding.message}`),
      [],
    );
  }
});

test.run();
