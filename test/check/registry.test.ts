import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SEVERITIES, TARGETS } from '#check/finding.js';
import { findRule, RULES, rulePage } from '#check/registry.js';
import { severityOn } from '#check/rule.js';
import { thrown } from '../support/rejects.js';

test('rules stand in the order of their ids; neither ids nor names occur twice', () => {
  const ids = RULES.map(({ id }) => id);
  assert.equal(ids, [...new Set(ids)].sort());
  assert.is(new Set(RULES.map(({ name }) => name)).size, ids.length);
});

test('every rule has its words, an id in the group of its hundred, and a severity on a target at least', () => {
  for (const rule of RULES) {
    const { id, name, summary, why, remedy, example, needs } = rule;
    assert.match(id, /^MAR[1-6]\d\d$/);
    assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/, id);
    assert.ok(/^[^.]\S* .*[^.]$/s.test(summary) && summary.length < 120, `${id}: a summary is half a sentence`);
    for (const text of [why, remedy]) assert.match(text, /^\S+ .*[.;)`]$/s, `${id}: sentences end`);
    assert.ok(example.failing !== '' && example.passing !== '' && example.failing !== example.passing, id);
    const severities = TARGETS.flatMap((target) => severityOn(rule, target) ?? []);
    assert.ok(severities.length > 0 && severities.every((one) => SEVERITIES.includes(one)), id);
    if (typeof rule.severity !== 'string')
      for (const target of Object.keys(rule.severity))
        assert.ok(
          TARGETS.some((known) => known === target),
          id,
        );
    assert.ok(id === 'MAR139' || needs.length > 0, `${id} needs a fact`);
  }
});

test('a rule is found by its id and its name in any case, another one is an error with the nearest', () => {
  for (const asked of ['MAR116', 'mar116', 'path-escapes', 'Path-Escapes']) assert.is(findRule(asked).id, 'MAR116');
  const error = thrown(() => findRule('path-escape'));
  assert.equal(
    [error.code, error.message],
    ['ERR_RULE_UNKNOWN', "there is no rule 'path-escape' (did you mean 'path-escapes'?)"],
  );
  assert.is(rulePage(findRule('MAR116')), 'docs/rules.md#mar116-path-escapes');
});

test.run();
