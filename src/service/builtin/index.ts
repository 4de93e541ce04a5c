import { type BuiltinName, isBuiltin } from '#conventions/builtin-services.js';
import type { ModelService } from '../service.js';

/** The ready-made services by the name that a manifest refers to them with; each is loaded when it is asked for. */
const SERVICES: Readonly<Record<BuiltinName, () => Promise<ModelService>>> = {
  image_classifier: async () => new (await import('./image-classifier.js')).ImageClassifier(),
  object_detector: async () => new (await import('./object-detector.js')).ObjectDetector(),
  text_classifier: async () => new (await import('./text-classifier.js')).TextClassifier(),
  tensor: async () => new (await import('./tensor-service.js')).TensorService(),
};

/** The ready-made service of that name, undefined when there is none. */
export async function builtinService(name: string): Promise<ModelService | undefined> {
  return isBuiltin(name) ? SERVICES[name]() : undefined;
}
