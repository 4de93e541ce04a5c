import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEVICE_RULES } from '#check/rules/device.js';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { eiaFiles, type Files, PYTHON_HANDLER, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const CONFIG = { configFile: 'c.yaml' };
const workers = (text: string, eia: Readonly<Record<string, unknown>> = {}): Files =>
  eiaFiles(eia, { 'c.yaml': text }, CONFIG);
const using = (api: string, framework: string, frameworkVersion?: string): Files =>
  eiaFiles({ api, framework, frameworkVersion });
const handler = (line: string): Files =>
  eiaFiles({}, { 'service.py': `import mxnet as mx\n${line}\n${PYTHON_HANDLER}` });
/** A model with a result of 2 GiB. */
const LARGE = [1, 1024, 1024, 256];
const big = encodeOnnx({ inputs: [{ name: 'input', dims: LARGE }], outputs: [{ name: 'output', dims: LARGE }] });
const context = (model: unknown, data: unknown = 'cpu'): Files => eiaFiles({ contexts: { model, data } });
const packed = (extension: Readonly<Record<string, unknown>>): Files =>
  pythonFiles({}, { extensions: { modelArchiver: { version: '2.0.0', ...extension } } });

const [ended, ...others] = DEVICE_RULES;
assert.is(ended?.id, 'MAR601');

await tellRules(ended ? [ended] : [], [
  ['no accelerator is not one that has ended', pythonFiles(), []],
  [
    'an accelerator of a service that has ended',
    eiaFiles({}),
    ['MAR601 the archive declares an Elastic Inference accelerator @ MAR-INF/MANIFEST.json#/model/extensions/eia 7:7'],
  ],
]);

await tellRules(others, [
  ['no accelerator', pythonFiles(), []],
  ['an accelerator', eiaFiles({}), []],
  [
    'a type that is misspelt',
    eiaFiles({ acceleratorType: 'eia1.medum' }),
    [
      'MAR602 the accelerator type "eia1.medum" does not exist (did you mean \'eia1.medium\'?) @ MAR-INF/MANIFEST.json#/model/extensions/eia/acceleratorType 8:9; found eia1.medum; expected eia1.medium, eia1.large, eia1.xlarge, eia2.medium, eia2.large, eia2.xlarge',
    ],
  ],
  [
    'no type',
    eiaFiles({ acceleratorType: undefined }),
    [
      'MAR602 no accelerator type is given @ MAR-INF/MANIFEST.json#/model/extensions/eia/acceleratorType 7:7; found nothing; expected eia1.medium, eia1.large, eia1.xlarge, eia2.medium, eia2.large, eia2.xlarge',
    ],
  ],
  [
    'a type that is a number',
    eiaFiles({ acceleratorType: 5 }),
    [
      'MAR602 the accelerator type 5 does not exist @ MAR-INF/MANIFEST.json#/model/extensions/eia/acceleratorType 8:9; found 5; expected eia1.medium, eia1.large, eia1.xlarge, eia2.medium, eia2.large, eia2.xlarge',
    ],
  ],
  [
    'none',
    eiaFiles({ count: 0 }),
    ['MAR603 the count is 0 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 0; expected 1 to 5'],
  ],
  [
    'more than an instance holds',
    eiaFiles({ count: 99 }),
    ['MAR603 the count is 99 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 99; expected 1 to 5'],
  ],
  ['as many as an instance holds', eiaFiles({ count: 5 }), []],
  [
    'half a one',
    eiaFiles({ count: 1.5 }),
    ['MAR603 the count is 1.5 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 1.5; expected 1 to 5'],
  ],
  [
    'no count',
    eiaFiles({ count: undefined }),
    [
      'MAR603 no count is given @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 7:7; found nothing; expected 1 to 5',
    ],
  ],
  [
    'an ordinal beyond the count',
    eiaFiles({ ordinals: [0, 1, 1] }),
    [
      'MAR603 the accelerator 1 does not exist with a count of 1 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 1; expected 0',
    ],
  ],
  [
    'an ordinal that is none',
    eiaFiles({ ordinals: ['x'] }),
    [
      'MAR603 the accelerator x does not exist with a count of 1 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found x; expected 0',
    ],
  ],
  [
    'an ordinal below nought, and half a one',
    eiaFiles({ count: 2, ordinals: [-1, 0.5] }),
    [
      'MAR603 the accelerator -1 does not exist with a count of 2 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found -1; expected 0 to 1',
      'MAR603 the accelerator 0.5 does not exist with a count of 2 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 0.5; expected 0 to 1',
    ],
  ],
  [
    'no model context',
    context(undefined),
    [
      'MAR605 no model context is given @ MAR-INF/MANIFEST.json#/model/extensions/eia/contexts/model 14:9; found nothing; expected eia:N',
    ],
  ],
  [
    'a context beyond the count',
    context('eia:1'),
    [
      'MAR603 the accelerator 1 does not exist with a count of 1 @ MAR-INF/MANIFEST.json#/model/extensions/eia/count 9:9; found 1; expected 0',
    ],
  ],
  ['a context within the count', eiaFiles({ count: 2, contexts: { model: 'eia:1', data: 'cpu' } }), []],
  [
    'data on the accelerator',
    context('eia:0', 'eia:0'),
    [
      'MAR604 the data context is eia:0 @ MAR-INF/MANIFEST.json#/model/extensions/eia/contexts/data 16:11; found eia:0; expected cpu',
    ],
  ],
  [
    'a model on nothing',
    context('tpu:0'),
    [
      'MAR605 the model context is "tpu:0" @ MAR-INF/MANIFEST.json#/model/extensions/eia/contexts/model 15:11; found tpu:0; expected eia:N',
    ],
  ],
  [
    'a model on a GPU beside an accelerator',
    context('gpu:0'),
    [
      'MAR605 the model context is "gpu:0" @ MAR-INF/MANIFEST.json#/model/extensions/eia/contexts/model 15:11; found gpu:0; expected eia:N',
    ],
  ],
  [
    'a model context that is none',
    context(5),
    [
      'MAR605 the model context is 5 @ MAR-INF/MANIFEST.json#/model/extensions/eia/contexts/model 15:11; found 5; expected eia:N',
    ],
  ],
  [
    'a device of our archiver',
    packed({ device: { model: 'tpu:0', data: 'gpu:0' } }),
    [
      'MAR604 the data context is gpu:0 @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/device/data 11:11; found gpu:0; expected cpu',
      'MAR605 the model context is "tpu:0" @ MAR-INF/MANIFEST.json#/model/extensions/modelArchiver/device/model 10:11; found tpu:0; expected cpu or gpu:N',
    ],
  ],
  [
    'a model that is too large',
    eiaFiles({}, { 'model.onnx': big }),
    [
      'MAR606 the model needs about 2147.5 MB, and eia1.medium has 1073.7 MB @ MAR-INF/MANIFEST.json#/model/extensions/eia 7:7; found 0.0 MB of weights, 2147.5 MB of results; expected at most 1073.7 MB',
    ],
  ],
  ['a model that fits a larger one', eiaFiles({ acceleratorType: 'eia2.xlarge' }, { 'model.onnx': big }), []],
  [
    'the wrong framework',
    using('tf-predictor', 'mxnet', '1.5.0'),
    [
      'MAR607 tf-predictor belongs to TensorFlow @ MAR-INF/MANIFEST.json#/model/extensions/eia/api 13:9; found tf-predictor with mxnet 1.5.0; expected TensorFlow',
    ],
  ],
  [
    'a version that is too new',
    using('mx-context', 'mxnet', '1.7.0'),
    [
      'MAR607 mx-context belongs to MXNet up to 1.5 @ MAR-INF/MANIFEST.json#/model/extensions/eia/api 13:9; found mx-context with mxnet 1.7.0; expected MXNet up to 1.5',
    ],
  ],
  [
    'a version that is too old',
    using('mx-optimize-for', 'mxnet', '1.5.1'),
    [
      'MAR607 mx-optimize-for belongs to MXNet 1.7 @ MAR-INF/MANIFEST.json#/model/extensions/eia/api 13:9; found mx-optimize-for with mxnet 1.5.1; expected MXNet 1.7',
    ],
  ],
  ['a version that fits', using('mx-context', 'MXNet', '1.5.9'), []],
  ['torch is PyTorch', using('torch-attach', 'torch', '1.5.1'), []],
  ['an api that nobody knows', using('none', 'mxnet', '1.7.0'), []],
  [
    'no version',
    using('tf-serving', 'pytorch'),
    [
      'MAR607 tf-serving belongs to TensorFlow Serving @ MAR-INF/MANIFEST.json#/model/extensions/eia/api 13:9; found tf-serving with pytorch; expected TensorFlow Serving',
    ],
  ],
  [
    'workers that share one',
    workers('minWorkers: 1\nmaxWorkers: 4\n'),
    ['MAR608 c.yaml asks for 4 workers on 1 accelerator @ c.yaml; found 4; expected at most 1'],
  ],
  [
    'workers at the start that share one',
    workers('minWorkers: 2\n'),
    ['MAR608 c.yaml asks for 2 workers on 1 accelerator @ c.yaml; found 2; expected at most 1'],
  ],
  ['as many accelerators as workers', workers('maxWorkers: 2\n', { count: 2 }), []],
  [
    'more workers than two',
    workers('maxWorkers: 3\n', { count: 2 }),
    ['MAR608 c.yaml asks for 3 workers on 2 accelerators @ c.yaml; found 3; expected at most 2'],
  ],
  [
    'a GPU in the handler',
    handler('context = mx.gpu(0)'),
    ['MAR609 mx.gpu() is not supported with an accelerator @ service.py 2:11'],
  ],
  [
    'an array on the accelerator',
    handler('x = 1; data = mx.nd.array([1], ctx=mx.eia())'),
    ['MAR609 an NDArray is placed on the accelerator @ service.py 2:18'],
  ],
  ['an array on the processor', handler('data = mx.nd.array([1], ctx=mx.cpu())'), []],
]);

test.run();
