/** Ready-made services of this runner, referred to by name: `runtime: nodejs`, `handler: image_classifier`. */
export const BUILTIN_SERVICES: readonly string[] = ['image_classifier', 'object_detector', 'text_classifier', 'tensor'];

/** Ready-made handlers of TorchServe (Python), which the archive only names. */
export const TORCHSERVE_HANDLERS: readonly string[] = [
  'base_handler',
  'text_classifier',
  'image_classifier',
  'object_detector',
  'image_segmenter',
  'dali_image_classifier',
  'vllm_handler',
  'trt_llm_handler',
];
