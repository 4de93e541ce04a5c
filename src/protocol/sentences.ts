/** What Multi Model Server's workers say of a batch or an answer that fails, to the letter; ours put the handler's own error in the lines below. */
export const SENTENCES = {
  predictionFailed: 'Prediction failed',
  outOfResources: 'Out of resources',
  noList: 'Invalid model predict output',
  wrongLength: 'number of batch response mismatched',
  unsupportedType: 'Unsupported model output data type.',
} as const;
