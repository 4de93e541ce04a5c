/** The projects that `mar init` can write; each is a folder of templates/. */
export const TEMPLATES = [
  'image-classifier',
  'object-detector',
  'text-classifier',
  'tensor',
  'custom-service',
  'python-service',
  'eia',
  'eia-python',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** Their service is the user's own, with any model or none. */
export const NEEDS_NO_MODEL: readonly Template[] = ['custom-service', 'python-service', 'eia-python'];

/** What each template is for: shown in the help and where the user is asked. */
export const TEMPLATE_SUMMARIES: Readonly<Record<Template, string>> = {
  'image-classifier': 'an ONNX model that names what is on an image',
  'object-detector': 'an ONNX model that finds boxes on an image',
  'text-classifier': 'an ONNX model that classifies text, with its tokenizer',
  tensor: 'any ONNX model: named tensors in, named tensors out',
  'custom-service': 'a service in TypeScript of your own, with or without a model',
  'python-service': 'a service in Python, for any framework',
  eia: 'an image classifier in an Elastic Inference context',
  'eia-python': 'a service in Python in an Elastic Inference context',
};
