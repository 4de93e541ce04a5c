import { didYouMean } from '#nearest.js';
import type { Target } from '../finding.js';
import { defineRule, type Rule } from '../rule.js';

type Offered = Readonly<Record<'context' | 'metrics', readonly string[]>>;

const MMS: Offered = {
  context: [
    'model_name',
    'manifest',
    'system_properties',
    'request_ids',
    'request_processor',
    'metrics',
    'get_request_id',
    'get_request_header',
    'get_all_request_header',
    'set_response_content_type',
    'get_response_content_type',
    'get_response_status',
    'set_response_status',
    'set_all_response_status',
    'get_response_headers',
    'set_response_header',
    '_system_properties',
    '_request_processor',
    '_metrics',
  ],
  metrics: [
    'add_counter',
    'add_time',
    'add_size',
    'add_percent',
    'add_error',
    'add_metric',
    'request_ids',
    'model_name',
  ],
};

/** What TorchServe 0.12 has besides, and our worker with it. */
const MORE: Offered = {
  context: [
    'model_yaml_config',
    'stopping_criteria',
    'get_sequence_id',
    'header_key_sequence_id',
    'header_key_sequence_start',
    'header_key_sequence_end',
  ],
  metrics: ['add_metric_to_cache', 'get_metric'],
};

/** Parts of the servers' own classes that handlers can reach, and that our worker does not have. */
const STORES: Readonly<Record<'mms' | 'torchserve', readonly string[]>> = {
  mms: ['store', 'cache'],
  torchserve: ['store', 'cache', 'set_request_ids', 'initialize_cache', 'config_file_path'],
};

const offered = (of: 'context' | 'metrics', target: Target): readonly string[] => {
  const all = target === 'mms' || target === 'sagemaker' ? MMS[of] : [...MMS[of], ...MORE[of]];
  if (target === 'local') return all;
  if (of === 'context') return target === 'torchserve' ? [...all, '_limit_max_image_pixels'] : all;
  return [...all, ...STORES[target === 'torchserve' ? 'torchserve' : 'mms']];
};

const TARGETS: readonly Target[] = ['local', 'mms', 'torchserve', 'sagemaker'];

/** What code has that takes the input of a request, and that can read bytes. */
const TAKES_INPUT = /["'](body|data)["']/;
const READS_BYTES = /\b(loads?|decode|frombuffer|fromstring|BytesIO|imdecode|bytes|bytearray|memoryview|from_bytes)\b/;

/** MAR324 to MAR326: what a Python handler asks of its context, what is asked of it, and what it is handed. */
export const PYTHON_CONTEXT_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR324',
    name: 'context-attribute-unknown',
    severity: 'error',
    summary: 'the handler uses something that the context does not have there',
    why: 'An AttributeError, while the model loads or at each request. TorchServe has more than Multi Model Server: `model_yaml_config`, `get_sequence_id`, `metrics.add_metric_to_cache`, `metrics.get_metric`. What the handler tries first (`try`, `hasattr`, `getattr`) or sets itself is left out.',
    remedy: 'Correct the name, or ask first: `getattr(context, "model_yaml_config", None)`.',
    example: {
      failing: 'context.get_header(0, "accept")',
      passing: 'context.get_request_header(0, "accept")',
    },
    needs: ['python'],
    *check({ python }) {
      for (const { of, name, ...place } of python.contextUses()) {
        if (name.startsWith('__')) continue;
        const targets = TARGETS.filter((target) => !offered(of, target).includes(name));
        if (targets.length === 0) continue;
        const known = [...MMS[of], ...MORE[of]].filter((one) => !one.startsWith('_'));
        const where = of === 'context' ? 'context' : 'context.metrics';
        yield {
          message: `${where} has no ${name}${known.includes(name) ? '' : didYouMean(name, known)}`,
          ...python.show(place),
          targets,
        };
      }
    },
  }),
  defineRule({
    id: 'MAR325',
    name: 'explanations-not-offered',
    severity: { mms: 'note', sagemaker: 'note' },
    summary: 'the handler explains predictions, and the server has no /explanations',
    why: 'TorchServe and our runner ask `explain_handle` and `get_insights` at `/explanations/NAME`. Multi Model Server answers 404 there, and reaches them only through the header `explain: True` of a prediction; SageMaker passes no such header on.',
    remedy: 'Serve it with TorchServe or `mar serve-local` where explanations are wanted.',
    example: {
      failing:
        'def get_insights(self, data, raw, target):\n    return [self.ig.attribute(data, target=target).tolist()]',
      passing: 'a handler without `get_insights` and `explain_handle`, or another target',
    },
    needs: ['python'],
    *check({ python }) {
      for (const { name, methods } of python.analysis.module.classes) {
        const found = methods.find((method) => /^(get_insights|explain_handle)$/.test(method.name));
        if (found) yield { message: `${name} explains predictions: ${found.name}`, ...python.show(found) };
      }
    },
  }),
  defineRule({
    id: 'MAR326',
    name: 'sagemaker-raw-inputs',
    severity: { sagemaker: 'warning' },
    summary: 'the handler reads no bytes, and SageMaker hands over nothing else',
    why: "SageMaker's inference toolkit starts Multi Model Server with decode_input_request=false: JSON and text arrive as a bytearray. A handler that expects what they mean fails, or answers from the bytes with status 200: the sum of a list becomes the sum of its characters (measured with sagemaker-inference 1.10.1).",
    remedy:
      'Decode where the value is bytes: `json.loads(bytes(body)) if isinstance(body, (bytes, bytearray)) else body`.',
    example: { failing: 'sum(data[0]["body"])', passing: 'sum(json.loads(data[0]["body"]))' },
    needs: ['python', 'manifest'],
    *check({ python, manifest }) {
      const isConcerned = TAKES_INPUT.test(python.text) && !READS_BYTES.test(python.text);
      if (manifest.bridged !== undefined || !isConcerned) return;
      yield {
        message: 'the handler takes the body of a request, and nothing in it reads bytes',
        at: { entry: python.entry },
      };
    },
  }),
];
