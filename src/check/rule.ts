import type { FactName, FactStore, Facts } from './fact-store.js';
import type { Draft, Severity, Target } from './finding.js';

/** Everything about a rule that people read, and the source of docs/rules.md. A rule without one of them does not compile. */
export interface RuleWords {
  /** Permanent, never reused. The hundreds are the group: 1 archive, 2 manifest, 3 handler, 4 model, 5 run, 6 device. */
  readonly id: `MAR${number}`;
  /** What people type in `--ignore`. */
  readonly name: string;
  /** One severity for every target, or one per target; a target that is not named is not concerned. */
  readonly severity: Severity | Readonly<Partial<Record<Target, Severity>>>;
  /** What is wrong, in half a sentence. */
  readonly summary: string;
  /** What happens when it is left as it is, on which server, and how that is known. */
  readonly why: string;
  /** How to fix it. */
  readonly remedy: string;
  readonly example: { readonly failing: string; readonly passing: string };
}

export interface RuleDefinition<N extends FactName> extends RuleWords {
  /** The facts that `check` reads. Where one of them cannot be had, the rule is silent: another one reports that. */
  readonly needs: readonly N[];
  check(facts: Pick<Facts, N>): Iterable<Draft> | Promise<Iterable<Draft>>;
}

/** A rule as the runner sees it. */
export interface Rule extends RuleWords {
  readonly needs: readonly FactName[];
  evaluate(store: FactStore): Promise<readonly Draft[]>;
}

/** Findings of one rule about one archive: an archive made to exhaust us could break a rule a hundred thousand times. */
const MOST_DRAFTS = 500;

/** Stands for the rest. It has no place, so that no ignore of some entries hides what was not looked at. */
const MORE: Draft = { message: `there are more than ${MOST_DRAFTS} findings of this rule: these are the first` };

/** Makes a rule out of its words, its needs and its check. */
export function defineRule<const N extends FactName>(definition: RuleDefinition<N>): Rule {
  const { check, ...words } = definition;
  return {
    ...words,
    async evaluate(store) {
      const facts = await store.pick(definition.needs);
      const drafts: Draft[] = [];
      if (facts === undefined) return drafts;
      try {
        for (const draft of await check(facts)) {
          if (drafts.length === MOST_DRAFTS) return [...drafts, MORE];
          drafts.push(draft);
        }
      } catch (error) {
        store.without(error);
      }
      return drafts;
    },
  };
}

/** How grave a rule is on a target; undefined where it does not apply. */
export function severityOn(rule: RuleWords, target: Target): Severity | undefined {
  return typeof rule.severity === 'string' ? rule.severity : rule.severity[target];
}
