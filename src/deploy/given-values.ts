import { type Form, formFault } from '#conventions/kserve.js';
import { MarError } from '#errors/mar-error.js';

const WORD = '[a-z0-9]+([._-]+[a-z0-9]+)*';

/** What an image is called where a registry has it. */
export const IMAGE: Form = {
  flag: '--image',
  pattern: new RegExp(`^${WORD}(:\\d+(?=/))?(/${WORD})*(:\\w[\\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$`),
  words: 'an image like registry/name:tag, in lower case and without https://',
};
export const ROLE: Form = {
  flag: '--role',
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  words: 'the ARN of a role like arn:aws:iam::123456789012:role/NAME',
};
export const MODEL_DATA: Form = {
  flag: '--model-data',
  pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/\S+\.tar\.gz$/,
  words: 's3://BUCKET/KEY.tar.gz, the bucket of 3 to 63 lower-case letters, digits, dots and dashes',
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
