/** What became of the service. */
export const ENDED =
  'Amazon Elastic Inference has ended: closed to new customers on 2023-04-15, its API removed from the AWS SDK for Python on 2025-02-21. No accelerator can be attached any more.';

/** Where an archive that was made for it can go, for whoever reads a plan: the target of `mar eia migrate`, and what it is. */
export const SUCCESSORS: readonly (readonly [to: 'cpu' | 'gpu' | 'inferentia', about: string])[] = [
  ['cpu', 'the same instance without an accelerator, or a larger one; mar serve-local runs the archive so today'],
  ['gpu', 'an instance with a GPU (SageMaker Inference Recommender proposes one)'],
  [
    'inferentia',
    'AWS Inferentia (Inf1, Inf2), which AWS names as the successor; models are compiled for it with AWS Neuron',
  ],
];
