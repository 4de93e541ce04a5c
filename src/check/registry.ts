import { MarError } from '#errors.js';
import { didYouMean } from '#nearest.js';
import type { Rule } from './rule.js';
import { ARCHIVE_RULES } from './rules/archive.js';
import { DEVICE_RULES } from './rules/device.js';
import { GOLDEN_RULES } from './rules/golden.js';
import { HANDLER_RULES } from './rules/handler.js';
import { BEHAVIOUR_RULES } from './rules/handler-behaviour.js';
import { MANIFEST_RULES } from './rules/manifest.js';
import { ONNX_RULES } from './rules/onnx.js';
import { OTHER_MODEL_RULES } from './rules/other-models.js';
import { PYTHON_IMPORT_RULES } from './rules/python-imports.js';
import { SERVICE_RULES } from './rules/service.js';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  ...ARCHIVE_RULES,
  ...MANIFEST_RULES,
  ...HANDLER_RULES,
  ...BEHAVIOUR_RULES,
  ...PYTHON_IMPORT_RULES,
  ...ONNX_RULES,
  ...SERVICE_RULES,
  ...OTHER_MODEL_RULES,
  ...GOLDEN_RULES,
  ...DEVICE_RULES,
].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The rule with an id or a name, in any case. Throws `ERR_RULE_UNKNOWN` with the nearest known one. */
export function findRule(idOrName: string): Rule {
  const wanted = idOrName.toLowerCase();
  const rule = RULES.find((candidate) => candidate.id.toLowerCase() === wanted || candidate.name === wanted);
  if (rule) return rule;
  const known = RULES.flatMap((candidate) => [candidate.id, candidate.name]);
  throw new MarError(`there is no rule '${idOrName}'${didYouMean(idOrName, known)}`, {
    code: 'ERR_RULE_UNKNOWN',
    kind: 'usage',
    hint: '`mar rules` lists all rules',
  });
}

/** The page of a rule, relative to this package. */
export function rulePage(rule: Pick<Rule, 'id' | 'name'>): string {
  return `docs/rules.md#${rule.id.toLowerCase()}-${rule.name}`;
}
