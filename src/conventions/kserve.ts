import { Document, isScalar, visit } from 'yaml';

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

/** A name with dashes in place of all that is neither letter, digit nor dash, and none at its ends. */
export const dashed = (name: string): string => name.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '');

/** KServe makes a service NAME-predictor of it, whose name is a label of the DNS. */
export const KSERVE_NAME: NameRule = {
  place: 'KServe',
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63 - '-predictor'.length,
  words: 'lower-case letters, digits and dashes, a letter first, no dash last, 53 characters at most',
  made: (name) => dashed(name.toLowerCase()),
};

/** Whether a name follows a rule, as a sentence where it does not: one that was given as it is, or the model's, made valid where that can be done. */
export function ruledName(
  rule: NameRule,
  given: string | undefined,
  modelName: string,
): { readonly name: string; readonly fault?: string } {
  const name = given ?? rule.made(modelName);
  if (rule.pattern.test(name) && name.length <= rule.longest) return { name };
  const what =
    given === undefined ? `The model's name '${modelName}' cannot be made a name` : `'${given}' is not a name`;
  return { name, fault: `${what} for ${rule.place}: expected ${rule.words}.` };
}

/** A value that only a person can give, and its form. */
export interface Form {
  readonly flag: string;
  readonly pattern: RegExp;
  readonly words: string;
}

/** Processors as Kubernetes writes them, not finer than its thousandths. */
export const CPU: Form = {
  flag: '--cpu',
  pattern: /^(?!0+(\.0+)?m?$)(\d+(\.\d{1,3})?|\d+m)$/,
  words: 'processors like 1, 0.5 or 500m',
};
/** Bytes as Kubernetes writes them; without a unit a million at least, since 512 is 512 bytes there, and 512m half of one. */
export const MEMORY: Form = {
  flag: '--memory',
  pattern: /^([1-9]\d{6,}|[1-9]\d{3,}(k|Ki)|([1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*)(Mi|Gi|Ti|M|G|T))$/,
  words: 'memory like 512Mi or 2Gi',
};

/** Why a value has not its form, as a sentence; undefined where it has. */
export function formFault({ flag, pattern, words }: Form, value: string): string | undefined {
  return pattern.test(value) ? undefined : `${flag} is '${value}'; expected ${words}.`;
}

/** What a predictor asks for, by the names of Kubernetes. */
export interface Resources {
  readonly cpu?: string;
  readonly memory?: string;
  readonly 'nvidia.com/gpu'?: string;
}

/** The member `resources` of a container, which is left out where nothing is asked for. Limits are the same: where there is none KServe sets one of its own, which may be lower. */
export function resourcesOf(requests: Resources): { readonly resources?: object } {
  return Object.keys(requests).length === 0 ? {} : { resources: { requests, limits: requests } };
}

/** An InferenceService as YAML. */
export function inferenceService(
  { name, namespace }: { readonly name: string; readonly namespace?: string | undefined },
  predictor: object,
): string {
  return yaml({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { predictor },
  });
}

/** Texts in quotes, of which every YAML parser makes the same; a list of them on one line; what stands twice is written twice. */
function yaml(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({
    ...{ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
    ...{ lineWidth: 0, flowCollectionPadding: false },
  });
}
