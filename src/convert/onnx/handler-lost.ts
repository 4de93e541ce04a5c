import { type BuiltinName, builtin, isBuiltin } from '#conventions/builtin-services.js';
import { isGoldenCase } from '#conventions/golden-cases.js';
import type { Remark } from '../result.js';
import type { Source } from '../source.js';
import type { SourceModel } from './model-of.js';

/** What each ready-made service does around its model. */
const AROUND: Readonly<Record<Exclude<BuiltinName, 'tensor'>, string>> = {
  image_classifier:
    'decoding and scaling of the image before the model; activation, labels and the best classes after it',
  object_detector: 'decoding and scaling of the image before the model; boxes, thresholds and labels after it',
  text_classifier: 'the tokenizer before the model; activation, labels and the best classes after it',
};

/** Whether the archive's handler does nothing but run the model. */
export function onlyRunsModel({ document }: Source): boolean {
  return document.runtime === 'nodejs' && document.handler === 'tensor';
}

/** What a server that runs the model alone leaves behind; `server` is its name. */
export function handlerLost(source: Source, taken: SourceModel, server: string): Remark[] {
  const { document, paths } = source;
  const { handler = '', runtime } = document;
  const golden = paths.filter(isGoldenCase).length;
  const inputs = document.archiver['inputs'];
  const others = paths.filter((path) => /\.onnx$/i.test(path) && path !== taken.path);
  const remarks: Remark[] = [];
  if (onlyRunsModel(source)) {
    remarks.push({
      what: 'the form of requests',
      how: `nested lists by name become tensors of the Open Inference Protocol, which is what ${server} answers`,
    });
  } else if (runtime === 'nodejs' && isBuiltin(handler) && handler !== 'tensor') {
    const { sections } = builtin(handler);
    remarks.push({
      what: `the service ${handler}`,
      how: `${server} runs the model alone: clients do what it did, ${AROUND[handler]} (service.json: ${sections.join(', ')})`,
    });
  } else {
    const language = runtime === 'nodejs' ? 'Node' : 'Python';
    remarks.push({
      what: `the handler ${handler || 'of the archive'}`,
      how: `${server} runs the model alone: what this ${language} code does before and after it, clients have to do`,
    });
  }
  if (inputs !== undefined)
    remarks.push({ what: 'the declared inputs', how: 'they are what the handler takes; the model has its own' });
  if (golden > 0)
    remarks.push({
      what: `${golden} golden ${golden === 1 ? 'case' : 'cases'}`,
      how: `they ask the handler in the form of this archive, which ${server} does not answer`,
    });
  if (others.length > 0) remarks.push({ what: others.join(', '), how: 'only one model is taken' });
  return remarks;
}
