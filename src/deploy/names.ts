import { dashed, type NameRule, ruledName } from '#conventions/kserve.js';
import { MarError } from '#errors/mar-error.js';

/** A namespace of Kubernetes. */
export const NAMESPACE_NAME: NameRule = {
  place: 'Kubernetes',
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63,
  words: 'lower-case letters, digits and dashes, no dash first or last, 63 characters at most',
  made: (name) => name,
};

/** Models, endpoint configurations and endpoints. */
export const SAGEMAKER_NAME: NameRule = {
  place: 'SageMaker',
  pattern: /^[A-Za-z0-9](-*[A-Za-z0-9])*$/,
  longest: 63,
  words: 'letters, digits and dashes, no dash first or last, 63 characters at most',
  made: dashed,
};

/** A name that was given as it is, or the model's, made valid where that can be done. Throws `ERR_DEPLOY_NAME` with the rule that it breaks. */
export function nameFor(rule: NameRule, given: string | undefined, modelName: string): string {
  const { name, fault } = ruledName(rule, given, modelName);
  if (fault === undefined) return name;
  throw new MarError(fault, {
    code: 'ERR_DEPLOY_NAME',
    ...(given === undefined && { hint: 'Give one with --name.' }),
  });
}
