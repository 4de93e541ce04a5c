import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import type { Rule } from './rule.js';
import { CONTAINER_RULES } from './rules/archive/container.js';
import { CONTENT_RULES } from './rules/archive/content.js';
import { DIGEST_RULES } from './rules/archive/digests.js';
import { LIMIT_RULES } from './rules/archive/limits.js';
import { NAME_RULES } from './rules/archive/names.js';
import { UNREAD_RULE } from './rules/archive/unread.js';
import { CODE_RULES } from './rules/code.js';
import { DEVICE_RULES } from './rules/device.js';
import { GOLDEN_RULES } from './rules/golden.js';
import { HANDLER_RULES } from './rules/handler.js';
import { BEHAVIOUR_RULES } from './rules/handler-behaviour.js';
import { LOADING_RULES } from './rules/loading.js';
import { BRIDGE_RULES } from './rules/manifest/bridge.js';
import { FILE_RULES } from './rules/manifest/files.js';
import { MODEL_RULES } from './rules/manifest/model.js';
import { PRESENCE_RULES } from './rules/manifest/presence.js';
import { RUNTIME_RULES } from './rules/manifest/runtime.js';
import { SHAPE_RULES } from './rules/manifest/shape.js';
import { NATIVE_RULES } from './rules/native-code.js';
import { ONNX_RULES } from './rules/onnx.js';
import { ONNX_USE_RULES } from './rules/onnx-use.js';
import { OTHER_MODEL_RULES } from './rules/other-models.js';
import { PACKAGE_RULES } from './rules/packages.js';
import { PYTHON_CONTEXT_RULES } from './rules/python-context.js';
import { PYTHON_IMPORT_RULES } from './rules/python-imports.js';
import { REMOTE_CODE_RULES } from './rules/remote-code.js';
import { REQUIREMENT_RULES } from './rules/requirements.js';
import { CONTRACT_RULES } from './rules/run-contract.js';
import { SERVICE_RULES } from './rules/service.js';
import { VERIFICATION_RULES } from './rules/verification.js';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  ...CONTAINER_RULES,
  ...NAME_RULES,
  ...CONTENT_RULES,
  ...LIMIT_RULES,
  ...DIGEST_RULES,
  UNREAD_RULE,
  ...PRESENCE_RULES,
  ...MODEL_RULES,
  ...RUNTIME_RULES,
  ...SHAPE_RULES,
  ...BRIDGE_RULES,
  ...FILE_RULES,
  ...HANDLER_RULES,
  ...BEHAVIOUR_RULES,
  ...PYTHON_IMPORT_RULES,
  ...PYTHON_CONTEXT_RULES,
  ...CODE_RULES,
  ...NATIVE_RULES,
  ...REMOTE_CODE_RULES,
  ...REQUIREMENT_RULES,
  ...PACKAGE_RULES,
  ...ONNX_RULES,
  ...ONNX_USE_RULES,
  ...SERVICE_RULES,
  ...OTHER_MODEL_RULES,
  ...LOADING_RULES,
  ...GOLDEN_RULES,
  ...CONTRACT_RULES,
  ...VERIFICATION_RULES,
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
  });
}

/** The page of a rule, relative to this package. */
export function rulePage(rule: Pick<Rule, 'id' | 'name'>): string {
  return `docs/rules.md#${rule.id.toLowerCase()}-${rule.name}`;
}
