import { findRule, RULES, rulePage } from './registry.js';
import type { RuleWords } from './rule.js';

/** The words of a rule, as `mar rules` and docs/rules.md show them. */
export interface RuleDescription extends RuleWords {
  readonly page: string;
}

/** All rules by id, or the one with an id or name. Throws `ERR_RULE_UNKNOWN`. */
export function describeRules(idOrName?: string): RuleDescription[] {
  const rules = idOrName === undefined ? RULES : [findRule(idOrName)];
  return rules.map((rule) => {
    const { id, name, severity, summary, why, remedy, example } = rule;
    return { id, name, severity, summary, why, remedy, example, page: rulePage(rule) };
  });
}
