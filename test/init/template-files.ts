import type { Template } from '../../src/init/template.js';
import { anyModel, classifier, detector, textModel, tokenizer } from './sample-models.js';

/** Files that the user has before `mar init`, for each template. */
export const TEMPLATE_FILES: Record<Template, Record<string, string | Buffer>> = {
  'image-classifier': { 'net.onnx': classifier, 'synset.txt': 'red\ngreen\nblue\n' },
  'object-detector': { 'net.onnx': detector, 'labels.txt': 'nothing\ncat\n' },
  'text-classifier': { 'net.onnx': textModel, 'tokenizer.json': tokenizer, 'labels.txt': 'first\nsecond\n' },
  tensor: { 'net.onnx': anyModel },
  'custom-service': {},
  'python-service': {},
  'eia-python': {},
  eia: { 'net.onnx': classifier, 'synset.txt': 'red\ngreen\nblue\n' },
};
