import type { FactStore } from '../../fact-store.js';
import type { Draft, Target } from '../../finding.js';
import { defineRule, type Rule } from '../../rule.js';

/** MAR139: what was not read did not pass. It speaks last, where nothing else fails a target, and no setting applies to it. */
export const UNREAD_RULE: Rule = defineRule({
  id: 'MAR139',
  name: 'not-read',
  severity: 'error',
  summary: 'entries could not be listed or read, and nothing else fails the archive',
  why: 'What was not read was not checked: other tools may unpack it all the same. No ignore and no severity applies to this rule.',
  remedy: 'Fix what the other findings say about the file, or pack it again from its sources.',
  example: {
    failing: 'eight bytes of junk behind a model.tar.gz: tar unpacks it, its entries cannot be listed with certainty',
    passing: 'an archive of which every byte is accounted for',
  },
  needs: [],
  check: () => [],
});

/** What could not be read, told for the targets on which nothing else fails the archive. */
export async function unreadParts(facts: FactStore, targets: readonly Target[]): Promise<Draft[]> {
  if (targets.length === 0) return [];
  const source = await facts.get('source');
  if (source?.archive === undefined) {
    const found = source?.problems[0]?.message;
    const message = 'the entries of the archive could not be listed, so nothing in it was checked';
    return [{ message, targets, ...(found !== undefined && { found }) }];
  }
  const [first, ...others] = (await facts.get('integrity'))?.problems ?? [];
  if (first === undefined) {
    const [message] = facts.unread;
    return message === undefined ? [] : [{ message: `content could not be read: ${message}`, targets }];
  }
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const at = first.entry === undefined ? {} : { at: { entry: first.entry } };
  return [{ message: `content could not be read: ${first.message}${more}`, targets, ...at }];
}
