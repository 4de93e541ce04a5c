import { MarError } from '#errors/mar-error.js';

/** How a place wants its names. */
export interface NameRule {
  readonly place: string;
  readonly pattern: RegExp;
  readonly longest: number;
  /** The rule in words. */
  readonly words: string;
  /** What a name is made to, before it is held to the rule. */
  made(name: string): string;
}

const dashes = (name: string): string => name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');

/** KServe makes a service NAME-predictor of it, whose name is a label of the DNS. */
export const KSERVE_NAME: NameRule = {
  place: 'KServe',
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63 - '-predictor'.length,
  words: 'lower-case letters, digits and dashes, a letter first, no dash last, 53 characters at most',
  made: (name) => dashes(name.toLowerCase()),
};

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
  made: dashes,
};

/** A name that was given as it is, or the model's, made valid where that can be done. Throws `ERR_DEPLOY_NAME` with the rule that it breaks. */
export function nameFor(rule: NameRule, given: string | undefined, modelName: string): string {
  const name = given ?? rule.made(modelName);
  if (rule.pattern.test(name) && name.length <= rule.longest) return name;
  const what =
    given === undefined ? `The model's name '${modelName}' cannot be made a name` : `'${given}' is not a name`;
  throw new MarError(`${what} for ${rule.place}: expected ${rule.words}.`, {
    code: 'ERR_DEPLOY_NAME',
    ...(given === undefined && { hint: 'Give one with --name.' }),
  });
}
