import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Finding, TARGETS } from '#check/finding.js';
import { type Rule, severityOn } from '#check/rule.js';
import { type ValidateOptions, validate } from '#index.js';
import { type Files, zip } from '../sample-archives.js';

/**
 * What the rules of one file of src/check/rules say about an archive: its files, or what plants it at a path, and every finding
 * of those rules as one line, in any order:
 * `MAR224 the message @ entry#/pointer 2:3; found x; expected y; fix: only where it differs from the rule's [only, some, targets]`.
 */
export type RuleCase = readonly [what: string, archive: Files | ((path: string) => void), told: readonly string[]];

/** Validates all archives at once, for every target, and registers a test for each. */
export async function tellRules(
  rules: readonly Rule[],
  cases: readonly RuleCase[],
  options: ValidateOptions = {},
): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'mar-rules-'));
  try {
    for (const [index, [, archive]] of cases.entries()) {
      const path = join(cwd, `${index}.mar`);
      if (typeof archive === 'function') archive(path);
      else writeFileSync(path, zip(archive));
    }
    const paths = cases.map((_case, index) => `${index}.mar`);
    const { archives, failures } = await validate(paths, { target: TARGETS, ...options, cwd });
    assert.equal(failures, []);
    for (const [index, [what, , told]] of cases.entries())
      test(what, () => {
        const report = archives[index];
        assert.is(report?.path, `${index}.mar`);
        assert.equal(report?.internalErrors, []);
        const found = report?.findings.flatMap((finding) => {
          const rule = rules.find(({ id }) => id === finding.rule);
          return rule ? [line(rule, finding).replaceAll(join(cwd, '/'), '')] : [];
        });
        assert.equal(found?.sort(), [...told].sort());
      });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function line(rule: Rule, { message, at, found, expected, remedy, targets }: Finding): string {
  const place = at && ` @ ${at.entry ?? ''}${at.pointer === undefined ? '' : `#${at.pointer}`}`;
  const position = at?.line === undefined ? '' : ` ${at.line}:${at.column}`;
  const parts = [
    `${rule.id} ${message}${place ?? ''}${position}`,
    ...(found === undefined ? [] : [`found ${found}`]),
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(remedy === rule.remedy ? [] : [`fix: ${remedy}`]),
  ];
  const concerned = TARGETS.filter((target) => targets[target] !== undefined);
  const all = TARGETS.filter((target) => severityOn(rule, target) !== undefined);
  for (const target of concerned) assert.is(targets[target], severityOn(rule, target));
  return `${parts.join('; ')}${concerned.length === all.length ? '' : ` [${concerned.join(', ')}]`}`;
}
