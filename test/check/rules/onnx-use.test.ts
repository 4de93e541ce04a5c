import { test } from 'uvu';
import { ONNX_USE_RULES } from '#check/rules/onnx-use.js';
import { text } from '../../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec, type NodeSpec, type TensorSpec } from '../../models/onnx/encode-onnx.js';
import { type Files, modelFiles, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const relu: NodeSpec = { op: 'Relu', inputs: ['input'], outputs: ['output'] };
const split: NodeSpec = { op: 'SplitToSequence', inputs: ['input'], outputs: ['parts'] };
const parts = { name: 'parts', kind: 'sequence' } as const;
const output = { name: 'output', dims: ['batch', 4] };
const both: ModelSpec = { outputs: [output, parts], nodes: [relu, split] };
const builtin = (spec: ModelSpec): Files =>
  pythonFiles(
    { 'service.py': undefined, 'model.onnx': encodeOnnx(spec) },
    { handler: 'tensor' },
    { runtime: 'nodejs' },
  );
const python = (spec: ModelSpec): Files => pythonFiles({ 'model.onnx': encodeOnnx(spec) });
const typed = (type: number): ModelSpec => ({
  inputs: [{ name: 'input', type, dims: ['batch', 4] }],
  outputs: [{ name: 'output', type, dims: ['batch', 4] }],
  nodes: [{ op: 'Identity', inputs: ['input'], outputs: ['output'] }],
});
const axis: TensorSpec = { name: 'axis', type: 7, dims: [], raw: Buffer.alloc(8) };
const cumSum: ModelSpec = {
  initializers: [axis],
  nodes: [{ op: 'CumSum', inputs: ['input', 'axis'], outputs: ['output'] }],
};
const max = (type: number): ModelSpec => ({
  inputs: [{ name: 'input', type, dims: ['batch', 4] }],
  outputs: [{ name: 'output', type, dims: ['batch', 4] }],
  nodes: [{ op: 'Max', inputs: ['input', 'input'], outputs: ['output'] }],
});
const onGpu = (spec: ModelSpec): Files =>
  pythonFiles(
    { 'service.py': undefined, 'model.onnx': encodeOnnx(spec) },
    { handler: 'tensor', extensions: { modelArchiver: { device: { model: 'gpu:0' } } } },
    { runtime: 'nodejs' },
  );
const normalizer = (...attributes: Buffer[]): Files =>
  modelFiles({
    inputs: [{ name: 'input', type: 8, dims: ['batch', 4] }],
    outputs: [{ name: 'output', type: 8, dims: ['batch', 4] }],
    nodes: [{ op: 'StringNormalizer', inputs: ['input'], outputs: ['output'], attributes }],
  });
const change = (to: string): Buffer => text('case_change_action', to);
/** A model with inputs that have defaults, as old exporters list all weights. */
const defaults = (count: number, ir = 8): Files => {
  const names = Array.from({ length: count }, (_, index) => `w${index}`);
  const initializers: TensorSpec[] = names.map((name) => ({ name, dims: [], raw: Buffer.alloc(4) }));
  return modelFiles({
    ir,
    inputs: [{ name: 'input', dims: ['batch', 4] }, ...names.map((name) => ({ name }))],
    initializers,
  });
};

await tellRules(ONNX_USE_RULES, [
  ['a good model', modelFiles({}), []],
  [
    'an input of bfloat16',
    modelFiles(typed(16)),
    [
      "MAR410 model.onnx: the input 'input' is bfloat16, which does not pass ONNX Runtime for Node @ model.onnx; fix: Cast it to float32 (or another type that passes) inside the model, at its edge.",
      "MAR410 model.onnx: the output 'output' is bfloat16, which does not pass ONNX Runtime for Node @ model.onnx; fix: Cast it to float32 (or another type that passes) inside the model, at its edge.",
    ],
  ],
  ['an input of bfloat16 for a Python handler', python(typed(16)), []],
  [
    'an input that is a sequence',
    modelFiles({ inputs: [{ name: 'input', kind: 'sequence' }] }),
    [
      "MAR410 model.onnx: the input 'input' is a sequence, and only tensors pass ONNX Runtime for Node @ model.onnx; fix: Give the model tensors as inputs, such as one tensor with an axis more.",
    ],
  ],
  [
    'a sequence beside a tensor',
    modelFiles(both),
    [
      'MAR416 model.onnx: an operator SplitToSequence is not known to keep the rows of a batch apart @ model.onnx',
      "MAR417 model.onnx: the output 'parts' is a sequence, and only tensors pass ONNX Runtime for Node @ model.onnx",
    ],
  ],
  [
    'a sequence beside a tensor, and a service that answers all',
    builtin(both),
    [
      'MAR410 model.onnx: the output \'parts\' is a sequence, and only tensors pass ONNX Runtime for Node @ model.onnx; fix: Export without it: `options={"zipmap": False}` in skl2onnx, one tensor or several outputs instead of SequenceConstruct or SplitToSequence.',
      'MAR416 model.onnx: an operator SplitToSequence is not known to keep the rows of a batch apart @ model.onnx',
    ],
  ],
  [
    'a sequence alone',
    modelFiles({ outputs: [parts], nodes: [split] }),
    [
      'MAR410 model.onnx: the output \'parts\' is a sequence, and only tensors pass ONNX Runtime for Node @ model.onnx; fix: Export without it: `options={"zipmap": False}` in skl2onnx, one tensor or several outputs instead of SequenceConstruct or SplitToSequence.',
      'MAR416 model.onnx: an operator SplitToSequence is not known to keep the rows of a batch apart @ model.onnx',
    ],
  ],
  [
    'rows that go into one another',
    modelFiles(cumSum),
    ['MAR416 model.onnx: an operator CumSum is not known to keep the rows of a batch apart @ model.onnx'],
  ],
  ['a first axis that is a number', modelFiles({ ...cumSum, inputs: [{ name: 'input', dims: [1, 4] }] }), []],
  [
    'an input with a default',
    defaults(1),
    ["MAR418 model.onnx: the default of the input 'w0' cannot be replaced @ model.onnx"],
  ],
  [
    'eight inputs with defaults',
    defaults(8),
    [
      "MAR418 model.onnx: the default of the input 'w0' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w1' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w2' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w3' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w4' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w5' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w6' cannot be replaced @ model.onnx",
      "MAR418 model.onnx: the default of the input 'w7' cannot be replaced @ model.onnx",
    ],
  ],
  ['nine: an exporter listed its weights', defaults(9), []],
  ['a default before IR 4 is a weight', defaults(1, 3), []],
  [
    'lower case',
    normalizer(change('LOWER')),
    [
      'MAR416 model.onnx: an operator StringNormalizer is not known to keep the rows of a batch apart @ model.onnx',
      'MAR419 model.onnx needs the locale en_US.UTF-8 @ model.onnx; found en_US.UTF-8',
    ],
  ],
  [
    'lower case, in a locale that is named',
    normalizer(change('LOWER'), text('locale', 'de_DE')),
    [
      'MAR416 model.onnx: an operator StringNormalizer is not known to keep the rows of a batch apart @ model.onnx',
      'MAR419 model.onnx needs the locale de_DE @ model.onnx; found de_DE',
    ],
  ],
  [
    'lower case, in no locale',
    normalizer(change('LOWER'), text('locale', 'C')),
    ['MAR416 model.onnx: an operator StringNormalizer is not known to keep the rows of a batch apart @ model.onnx'],
  ],
  [
    'no change of case',
    normalizer(change('NONE')),
    ['MAR416 model.onnx: an operator StringNormalizer is not known to keep the rows of a batch apart @ model.onnx'],
  ],
  [
    'nothing said about case',
    normalizer(),
    ['MAR416 model.onnx: an operator StringNormalizer is not known to keep the rows of a batch apart @ model.onnx'],
  ],
  [
    'an operator without an implementation for its type',
    modelFiles(max(5)),
    [
      'MAR425 model.onnx: a node Max gets int16, for which ONNX Runtime does not have it on the CPU @ model.onnx; found int16; expected float32, float64, float16, int8, uint8, int32, uint32, int64, uint64',
    ],
  ],
  ['the same on a GPU, where there are others', onGpu(max(5)), []],
  ['the same for a Python handler', python(max(5)), []],
]);

test.run();
