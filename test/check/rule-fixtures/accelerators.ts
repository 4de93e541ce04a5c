import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { eiaFiles, PYTHON_HANDLER } from '../sample-archives.js';
import { good, type RuleFixture } from './fixture.js';

const LARGE = [1, 1024, 1024, 256];

/** Needs 2.1 GB for what goes in and comes out. */
const LARGE_MODEL = encodeOnnx({
  inputs: [{ name: 'input', dims: LARGE }],
  outputs: [{ name: 'output', dims: LARGE }],
});

/** Fixtures of the rules about Elastic Inference. */
export const ACCELERATORS_FIXTURES: Readonly<Record<string, RuleFixture>> = {
  MAR601: { fires: eiaFiles({}), silent: good },
  MAR602: { fires: eiaFiles({ acceleratorType: 'eia1.medum' }), silent: eiaFiles({}) },
  MAR603: { fires: eiaFiles({ ordinals: [1] }), silent: eiaFiles({ ordinals: [1], count: 2 }) },
  MAR604: { fires: eiaFiles({ contexts: { model: 'eia:0', data: 'eia:0' } }), silent: eiaFiles({}) },
  MAR605: { fires: eiaFiles({ contexts: { model: 'tpu:0', data: 'cpu' } }), silent: eiaFiles({}) },
  MAR606: {
    fires: eiaFiles({}, { 'model.onnx': LARGE_MODEL }),
    silent: eiaFiles({ acceleratorType: 'eia2.xlarge' }, { 'model.onnx': LARGE_MODEL }),
  },
  MAR607: {
    fires: eiaFiles({ api: 'mx-context', framework: 'mxnet', frameworkVersion: '1.7.0' }),
    silent: eiaFiles({ api: 'mx-optimize-for', framework: 'mxnet', frameworkVersion: '1.7.0' }),
  },
  MAR608: {
    fires: eiaFiles({}, { 'c.yaml': 'minWorkers: 1\nmaxWorkers: 4\n' }, { configFile: 'c.yaml' }),
    silent: eiaFiles({}, { 'c.yaml': 'minWorkers: 1\nmaxWorkers: 1\n' }, { configFile: 'c.yaml' }),
  },
  MAR609: {
    fires: eiaFiles({}, { 'service.py': `import mxnet as mx\nCONTEXT = mx.gpu(0)\n${PYTHON_HANDLER}` }),
    silent: eiaFiles({}, { 'service.py': `import mxnet as mx\nCONTEXT = mx.eia(0)\n${PYTHON_HANDLER}` }),
  },
};
