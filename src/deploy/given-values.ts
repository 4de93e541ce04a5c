import { MarError } from '#errors/mar-error.js';

/** A value that only a person can give, and its form. */
interface Form {
  readonly flag: string;
  readonly pattern: RegExp;
  readonly words: string;
}

/** What an image is called where a registry has it. */
export const IMAGE: Form = {
  flag: '--image',
  pattern: /^[a-z0-9][a-z0-9._:/-]*(:[\w.-]{1,128})?(@sha256:[a-f0-9]{64})?$/,
  words: 'an image like registry/name:tag',
};
export const ROLE: Form = {
  flag: '--role',
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  words: 'the ARN of a role like arn:aws:iam::123456789012:role/NAME',
};
export const MODEL_DATA: Form = {
  flag: '--model-data',
  pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/\S+\.tar\.gz$/,
  words: 's3://BUCKET/KEY.tar.gz',
};
export const INSTANCE_TYPE: Form = {
  flag: '--instance-type',
  pattern: /^ml\.[a-z0-9-]+\.[a-z0-9]+$/,
  words: 'a type like ml.m5.large',
};
export const CPU: Form = {
  flag: '--cpu',
  pattern: /^(?!0+(\.0+)?m?$)(\d+(\.\d{1,3})?|\d+m)$/,
  words: 'processors like 1, 0.5 or 500m',
};
export const MEMORY: Form = {
  flag: '--memory',
  pattern: /^[1-9]\d*(Ki|Mi|Gi|Ti|k|M|G|T)?$/,
  words: 'memory like 512Mi or 2Gi',
};

/** The value, if it has its form. Throws `ERR_DEPLOY_VALUE`. */
export function checked(form: Form, value: string): string {
  if (form.pattern.test(value)) return value;
  throw new MarError(`${form.flag} is '${value}'; expected ${form.words}.`, { code: 'ERR_DEPLOY_VALUE' });
}
