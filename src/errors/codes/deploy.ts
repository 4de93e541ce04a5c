import type { CodeTable } from '../error-kind.js';

/** Writing what a container platform needs: `mar deploy`. */
export const DEPLOY_CODES = {
  ERR_DEPLOY_INVALID: {
    kind: 'input',
    meaning: 'The archive does not validate for where it would be deployed; nothing is written, with --force neither.',
    remedy: 'Correct what `mar validate` finds and build it again.',
  },
  ERR_DEPLOY_DIRECTORY: {
    kind: 'input',
    meaning: 'A directory is to be deployed, and not an archive.',
    remedy: 'Pack it first with `mar build`.',
  },
  ERR_DEPLOY_NAME: {
    kind: 'usage',
    meaning: 'A name breaks the rules of Kubernetes or SageMaker, which the message says.',
    remedy: 'Give another one with --name.',
  },
  ERR_DEPLOY_VALUE: {
    kind: 'usage',
    meaning:
      'An image, a role, an address in S3, an instance type or a resource has not the form that the message says.',
    remedy: 'Correct the flag; nothing of it is ever made up.',
  },
  ERR_DEPLOY_TARBALL: {
    kind: 'input',
    meaning: 'SageMaker unpacks a gzipped tar, and the archive is another one.',
    remedy: 'Make one of it with `mar convert --to sagemaker-tar`, or build it with `mar build --target sagemaker`.',
  },
  ERR_DEPLOY_MEASURE: {
    kind: 'input',
    meaning:
      'The archive has no golden case that it answers as it should, so that what it takes could not be measured.',
    remedy: 'See what `mar test` says of it, or give --memory in place of --measure.',
  },
} as const satisfies CodeTable;
