import { type Form, formFault } from '#conventions/kserve.js';
import { MarError } from '#errors/mar-error.js';

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
/** The value, if it has its form. Throws `ERR_DEPLOY_VALUE`. */
export function checked(form: Form, value: string): string {
  const fault = formFault(form, value);
  if (fault === undefined) return value;
  throw new MarError(fault, { code: 'ERR_DEPLOY_VALUE' });
}
