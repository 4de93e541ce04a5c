/** The sections of service.json that some services read; schemas/service.schema.json describes the fields of each. */
export const SERVICE_SECTIONS = ['image', 'classes', 'boxes', 'text'] as const;
export type ServiceSection = (typeof SERVICE_SECTIONS)[number];

/** A ready-made service of this runner: what it is for, and what it reads. */
export interface BuiltinService {
  /** What goes in and what comes out, for help texts. */
  readonly summary: string;
  /** The sections of service.json that it reads; another one is refused. With `classes` it has labels, which no service insists on. */
  readonly sections: readonly ServiceSection[];
}

export type BuiltinName = 'image_classifier' | 'object_detector' | 'text_classifier' | 'tensor';

const SERVICES: Readonly<Record<BuiltinName, BuiltinService>> = {
  image_classifier: { summary: 'an image in, the best classes out', sections: ['image', 'classes'] },
  object_detector: {
    summary: 'an image in, the found objects with their boxes out',
    sections: ['image', 'boxes', 'classes'],
  },
  text_classifier: { summary: 'a text in, the best classes out', sections: ['text', 'classes'] },
  tensor: { summary: "the model's own inputs and outputs", sections: [] },
};

/** Names of the ready-made services, as a manifest refers to them: `runtime: nodejs`, `handler: image_classifier`. */
export const BUILTIN_SERVICES: readonly string[] = Object.keys(SERVICES);

/** Whether a handler of the runtime `nodejs` is a ready-made service. */
export function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(SERVICES, name);
}

/** What a ready-made service reads. */
export function builtin(name: BuiltinName): BuiltinService {
  return SERVICES[name];
}

/** Where the configuration of a ready-made service lies in its archive; it may be absent. */
export const SERVICE_CONFIG = 'service.json';

/** The keys of service.json that every service takes: the address of the schema, the ONNX file's name, how batches are made. */
export const COMMON_KEYS: readonly string[] = ['$schema', 'model', 'batch'];

/** The tokenizer that a service with the section `text` reads, where `text.tokenizer` names no other file. */
export const TOKENIZER_FILE = 'tokenizer.json';

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
