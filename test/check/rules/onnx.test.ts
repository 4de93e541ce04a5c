import { test } from 'uvu';
import { ONNX_RULES } from '#check/rules/onnx.js';
import { encodeOnnx, type ModelSpec, type NodeSpec } from '../../models/onnx/encode-onnx.js';
import { type Files, modelFiles, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const relu: NodeSpec = { op: 'Relu', inputs: ['input'], outputs: ['output'] };
const nodes = (...made: NodeSpec[]): Files => modelFiles({ nodes: made });
/** A model whose tensor `w` of four floats lies elsewhere, and what lies there. */
const external = (where: Record<string, string>, data: Record<string, Buffer> = {}): Files =>
  modelFiles({ initializers: [{ name: 'w', dims: [4], external: where }] }, data);
const deep = (location: string, data: string): Files => {
  const model = encodeOnnx({ initializers: [{ name: 'w', dims: [4], external: { location } }] });
  return pythonFiles({ 'models/a/model.onnx': model, [data]: Buffer.alloc(16) });
};
const labelled = (spec: ModelSpec, labels: Record<string, string>): Files => modelFiles(spec, labels);
const batched = (first: number | string, config: string): Files =>
  pythonFiles(
    { 'model.onnx': encodeOnnx({ inputs: [{ name: 'input', dims: [first, 4] }] }), 'c.yaml': config },
    { configFile: 'c.yaml' },
  );

await tellRules(ONNX_RULES, [
  ['a good model', modelFiles({}), []],
  [
    'a Git LFS pointer',
    modelFiles(Buffer.from('version https://git-lfs.github.com/spec/v1\n')),
    ['MAR401 model.onnx is not a readable ONNX model: wire type 6 at byte 1 @ model.onnx; found 43 bytes'],
  ],
  [
    'an empty file',
    modelFiles(Buffer.alloc(0)),
    ['MAR401 model.onnx is not a readable ONNX model: the file is empty at byte 0 @ model.onnx; found 0 bytes'],
  ],
  [
    'half a model',
    modelFiles(encodeOnnx({}).subarray(0, 40)),
    [
      'MAR401 model.onnx is not a readable ONNX model: a field of 91 bytes runs past its message at byte 16 @ model.onnx; found 40 bytes',
    ],
  ],
  ['the newest operator sets', modelFiles({ opsets: { '': 26, 'ai.onnx.ml': 5, 'com.acme': 99 } }), []],
  [
    'a newer operator set',
    modelFiles({ opsets: { '': 27 } }),
    ['MAR402 model.onnx needs opset 27 of ai.onnx @ model.onnx; found 27; expected at most 26'],
  ],
  [
    'a newer operator set of ai.onnx.ml',
    modelFiles({ opsets: { '': 17, 'ai.onnx.ml': 99 } }),
    ['MAR402 model.onnx needs opset 99 of ai.onnx.ml @ model.onnx; found 99; expected at most 5'],
  ],
  [
    'an old operator set',
    modelFiles({ opsets: { '': 6 } }),
    ['MAR403 model.onnx uses opset 6 @ model.onnx; found 6; expected at least 7'],
  ],
  ['the oldest one that is guaranteed', modelFiles({ opsets: { '': 7 } }), []],
  [
    'a newer format',
    modelFiles({ ir: 14 }),
    ['MAR404 model.onnx has IR version 14 @ model.onnx; found 14; expected at most 13'],
  ],
  ['the newest format', modelFiles({ ir: 13 }), []],
  ['data that is there', external({ location: 'w.bin' }, { 'w.bin': Buffer.alloc(16) }), []],
  [
    'data that is not there',
    external({ location: 'w.bin' }),
    [
      'MAR405 the data file w.bin of model.onnx is not in the archive @ model.onnx; found no such entry; expected w.bin',
    ],
  ],
  [
    'data that is a byte too short',
    external({ location: 'w.bin' }, { 'w.bin': Buffer.alloc(15) }),
    [
      "MAR405 the data file w.bin of model.onnx is too short for 'w' @ model.onnx; found 15 bytes; expected at least 16 bytes",
    ],
  ],
  ['data at an offset', external({ location: 'w.bin', offset: '8' }, { 'w.bin': Buffer.alloc(24) }), []],
  [
    'data that is a byte too short behind its offset',
    external({ location: 'w.bin', offset: '8' }, { 'w.bin': Buffer.alloc(23) }),
    [
      "MAR405 the data file w.bin of model.onnx is too short for 'w' @ model.onnx; found 23 bytes; expected at least 24 bytes",
    ],
  ],
  [
    'data of a length that is written down',
    external({ location: 'w.bin', length: '16' }, { 'w.bin': Buffer.alloc(16) }),
    [],
  ],
  [
    'data shorter than the length that is written down',
    external({ location: 'w.bin', length: '17' }, { 'w.bin': Buffer.alloc(16) }),
    [
      "MAR405 the data file w.bin of model.onnx is too short for 'w' @ model.onnx; found 16 bytes; expected at least 17 bytes",
    ],
  ],
  [
    'data before the file begins',
    external({ location: 'w.bin', offset: '-4' }, { 'w.bin': Buffer.alloc(16) }),
    [
      "MAR405 the data file w.bin of model.onnx is given no place for 'w' @ model.onnx; found offset -4, length 16; expected whole numbers that are not negative",
    ],
  ],
  [
    'data of less than nothing',
    external({ location: 'w.bin', length: '-1' }, { 'w.bin': Buffer.alloc(16) }),
    [
      "MAR405 the data file w.bin of model.onnx is given no place for 'w' @ model.onnx; found offset 0, length -1; expected whole numbers that are not negative",
    ],
  ],
  [
    'data at a place that is no number',
    external({ location: 'w.bin', offset: 'x' }, { 'w.bin': Buffer.alloc(16) }),
    [
      "MAR405 the data file w.bin of model.onnx is given no place for 'w' @ model.onnx; found offset NaN, length 16; expected whole numbers that are not negative",
    ],
  ],
  [
    'data outside',
    external({ location: '../w.bin' }),
    [
      'MAR405 the data file ../w.bin of model.onnx lies outside the archive @ model.onnx; found no such entry; expected a file of the archive',
    ],
  ],
  [
    'data at an absolute path',
    external({ location: '/etc/passwd' }),
    [
      'MAR405 the data file /etc/passwd of model.onnx lies outside the archive @ model.onnx; found no such entry; expected a file of the archive',
    ],
  ],
  [
    'data without a name',
    external({ offset: '0' }),
    [
      'MAR405 the data file (without a name) of model.onnx is not in the archive @ model.onnx; found no such entry; expected a file of the archive',
    ],
  ],
  ['data in the folder of the model', deep('w.bin', 'models/a/w.bin'), []],
  ['data one folder up', deep('../w.bin', 'models/w.bin'), []],
  [
    'data in the folder of another model',
    deep('w.bin', 'w.bin'),
    [
      'MAR405 the data file w.bin of models/a/model.onnx is not in the archive @ models/a/model.onnx; found no such entry; expected models/a/w.bin',
    ],
  ],
  [
    'one file that is missing, of three tensors: told once',
    modelFiles(
      {
        initializers: [
          { name: 'a', dims: [1], external: { location: 'w.bin' } },
          { name: 'b', dims: [1], external: { location: 'w.bin' } },
          { name: 'c', dims: [1], external: { location: 'v.bin' } },
        ],
      },
      { 'v.bin': Buffer.alloc(3) },
    ),
    [
      "MAR405 the data file v.bin of model.onnx is too short for 'c' @ model.onnx; found 3 bytes; expected at least 4 bytes",
      'MAR405 the data file w.bin of model.onnx is not in the archive @ model.onnx; found no such entry; expected w.bin',
    ],
  ],
  [
    'the second tensor is too long',
    modelFiles(
      {
        initializers: [
          { name: 'a', dims: [1], external: { location: 'w.bin' } },
          { name: 'b', dims: [2, 3], type: 7, external: { location: 'w.bin' } },
        ],
      },
      { 'w.bin': Buffer.alloc(47) },
    ),
    [
      "MAR405 the data file w.bin of model.onnx is too short for 'b' @ model.onnx; found 47 bytes; expected at least 48 bytes",
    ],
  ],
  [
    'an operator that nobody knows',
    nodes({ ...relu, op: 'Rulu' }),
    ["MAR406 model.onnx uses the unknown operator Rulu (did you mean 'Relu'?) @ model.onnx; found Rulu, 1 time"],
  ],
  [
    'operators of somebody else',
    nodes(
      { op: 'Pool', domain: 'com.acme', inputs: ['input'], outputs: ['x'] },
      { op: 'Pool', domain: 'com.acme', inputs: ['x'], outputs: ['output'] },
    ),
    ['MAR406 model.onnx uses the unknown operator com.acme:Pool @ model.onnx; found com.acme:Pool, 2 times'],
  ],
  [
    'a value that nothing makes',
    nodes({ ...relu, inputs: ['nothing'] }),
    ["MAR407 model.onnx: a node Relu reads 'nothing', which nothing before it makes @ model.onnx"],
  ],
  [
    'a value that is made twice',
    nodes(relu, relu),
    ["MAR407 model.onnx: a node Relu makes 'output', which exists already @ model.onnx"],
  ],
  [
    'an output that is never made',
    nodes({ ...relu, outputs: ['other'] }),
    ["MAR407 model.onnx: the output 'output' is never made @ model.onnx"],
  ],
  [
    'no output',
    modelFiles({ outputs: [], nodes: [{ op: 'Relu', inputs: ['input'], outputs: ['x'] }] }),
    ['MAR407 model.onnx: the graph has no output @ model.onnx'],
  ],
  [
    'too few labels',
    labelled({}, { 'synset.txt': 'a\nb\nc\n' }),
    ["MAR408 synset.txt has 3 labels and the output 'output' has 4 classes @ synset.txt; found 3; expected 4"],
  ],
  ['as many labels as classes', labelled({}, { 'synset.txt': 'a\nb\nc\nd\n' }), []],
  ...(
    [
      ['a detector in columns', [1, 6, 100]],
      ['a detector in rows', [1, 100, 7]],
      ['a text recogniser with its blank', [1, 40, 3]],
      ['a map of classes', [1, 2, 8, 8]],
      ['a sequence of classes', [1, 40, 2]],
    ] as const
  ).map(
    ([what, dims]) =>
      [
        `as many labels as ${what} has`,
        labelled({ outputs: [{ name: 'output', dims: [...dims] }] }, { 'synset.txt': 'a\nb\n' }),
        [],
      ] as const,
  ),
  [
    'labels that fit no axis of a detector',
    labelled({ outputs: [{ name: 'output', dims: [1, 84, 100] }] }, { 'synset.txt': 'a\nb\n' }),
    [
      "MAR408 synset.txt has 2 labels and the output 'output' has room for 100, 99, 96, 95, 80 classes @ synset.txt; found 2; expected 100 or 99 or 96 or 95 or 80",
    ],
  ],
  [
    'two outputs: nobody knows which has the classes',
    labelled(
      {
        outputs: [
          { name: 'output', dims: ['batch', 4] },
          { name: 'x', dims: ['batch', 4] },
        ],
        nodes: [relu, { ...relu, outputs: ['x'] }],
      },
      { 'synset.txt': 'a\n' },
    ),
    [],
  ],
  ['an output of one axis', labelled({ outputs: [{ name: 'output', dims: [4] }] }, { 'synset.txt': 'a\n' }), []],
  [
    'a batch of one, and eight are asked for',
    batched(1, 'minWorkers: 1\nbatchSize: 8\n'),
    ['MAR409 model.onnx takes a batch of 1, and c.yaml asks for 8 @ c.yaml; found 8; expected 1'],
  ],
  ['a batch of eight, and eight are asked for', batched(8, 'minWorkers: 1\nbatchSize: 8\n'), []],
  ['a batch of any size', batched('batch', 'minWorkers: 1\nbatchSize: 8\n'), []],
]);

test.run();
