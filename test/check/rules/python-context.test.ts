import { test } from 'uvu';
import { PYTHON_CONTEXT_RULES } from '#check/rules/python-context.js';
import { type Files, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const handle = (...lines: string[]): Files =>
  pythonFiles({
    'service.py': `def handle(data, context):\n    if data is None:\n        return None\n${lines.map((line) => `    ${line}\n`).join('')}    return list(data)\n`,
  });
const service = (base: string, ...lines: string[]): Files =>
  pythonFiles({
    'service.py': `class Service(${base}):\n    def initialize(self, ctx):\n        self.ctx = ctx\n        self.properties = ctx.system_properties\n    def inference(self, data):\n${lines.map((line) => `        ${line}\n`).join('')}        return data\n    def handle(self, data, context):\n        return list(data)\n`,
  });

await tellRules(PYTHON_CONTEXT_RULES, [
  [
    'a class that explains',
    pythonFiles({
      'service.py':
        'class S:\n    def handle(self, data, context):\n        return list(data)\n    def explain_handle(self, data, raw):\n        return list(data)\n',
    }),
    ['MAR325 S explains predictions: explain_handle @ service.py 4:9'],
  ],
  [
    'what every server has',
    handle(
      'context.get_request_header(0, "a"); context.set_response_status(201, "", 0)',
      'context.metrics.add_counter("n", 1); context.system_properties.get("model_dir").x',
      'context._request_processor[0].report_status(404)',
    ),
    [],
  ],
  [
    'a name that no server has',
    handle('context.get_request_heeder(0, "accept")'),
    ["MAR324 context has no get_request_heeder (did you mean 'get_request_header'?) @ service.py 4:13"],
  ],
  [
    'a metric that no server has',
    handle('metrics = context.metrics', 'metrics.add_gauge("n", 1)'),
    ['MAR324 context.metrics has no add_gauge @ service.py 5:13'],
  ],
  [
    'what only TorchServe has',
    handle(
      'context.metrics.add_metric_to_cache("n", "count")',
      'context.get_sequence_id(0)',
      'context.get_sequence_id(1)',
    ),
    [
      'MAR324 context.metrics has no add_metric_to_cache @ service.py 4:21 [mms, sagemaker]',
      'MAR324 context has no get_sequence_id @ service.py 5:13 [mms, sagemaker]',
    ],
  ],
  [
    'a body that is taken as what it means',
    handle('print(sum(data[0].get("body")))'),
    ['MAR326 the handler takes the body of a request, and nothing in it reads bytes @ service.py'],
  ],
  ['a body of bytes', handle('print(bytes(data[0]["body"]))'), []],
  [
    "parts of the servers' own classes",
    handle(
      'context._limit_max_image_pixels',
      'context.metrics.store',
      'context.metrics.config_file_path',
      'context.model_yaml_config',
    ),
    [
      'MAR324 context has no _limit_max_image_pixels @ service.py 4:13 [local, mms, sagemaker]',
      'MAR324 context.metrics has no store @ service.py 5:21 [local]',
      'MAR324 context.metrics has no config_file_path @ service.py 6:21 [local, mms, sagemaker]',
      'MAR324 context has no model_yaml_config @ service.py 7:13 [mms, sagemaker]',
    ],
  ],
  [
    'a context that a class keeps',
    service('object', 'self.ctx.no_such()', 'self.context.not_kept()'),
    ['MAR324 context has no no_such @ service.py 6:18'],
  ],
  [
    "a context that TorchServe's class keeps",
    service('BaseHandler', 'self.context.no_such()'),
    ['MAR324 context has no no_such @ service.py 6:22'],
  ],
  [
    'what is tried, asked for, set, or of something else',
    handle(
      'try:',
      '    context.tried()',
      'except AttributeError:',
      '    pass',
      'if hasattr(context, "asked"):',
      '    context.asked()',
      'context.mine = 1',
      'print(context.mine, context.__dict__)',
      'other.context.foreign()',
    ),
    [],
  ],
  ['a name that is bound again', handle('with open("x") as context:', '    context.read()'), []],
]);

test.run();
