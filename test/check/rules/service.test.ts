import { test } from 'uvu';
import { SERVICE_RULES } from '#check/rules/service.js';
import { encodeOnnx, type ModelSpec } from '../../models/onnx/encode-onnx.js';
import { type Files, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const IMAGE: ModelSpec = { inputs: [{ name: 'input', dims: ['batch', 3, 8, 8] }] };
const OPEN: ModelSpec = { inputs: [{ name: 'input', dims: ['batch', 3, 'h', 'w'] }] };

/** An archive of a built-in service; `config` is its service.json, as it is or as an object. */
function built(
  name: string,
  config: string | object | undefined,
  spec: ModelSpec = IMAGE,
  more: Readonly<Record<string, string | Buffer | undefined>> = {},
  model: Readonly<Record<string, unknown>> = {},
): Files {
  const text = typeof config === 'string' || config === undefined ? config : JSON.stringify(config, null, 2);
  const files = { 'service.py': undefined, 'model.onnx': encodeOnnx(spec), 'service.json': text, ...more };
  return pythonFiles(files, { handler: name, ...model }, { runtime: 'nodejs' });
}

const classifier = (config: object, spec?: ModelSpec): Files => built('image_classifier', config, spec);
const LABELS = { classes: { labels: ['a', 'b', 'c', 'd'] } };

await tellRules(SERVICE_RULES, [
  ['a good classifier', classifier({ ...LABELS, image: { width: 8, height: 8 } }), []],
  ['a service without a configuration', built('tensor', undefined), []],
  [
    'a configuration that is not JSON',
    built('tensor', '{\n  "model": \n}'),
    ['MAR411 service.json is not JSON: value expected @ service.json 3:1'],
  ],
  [
    'a configuration that is no object',
    built('tensor', '[]'),
    ['MAR411 service.json: the whole file must be object @ service.json# 1:1'],
  ],
  [
    'a misspelt field',
    classifier({ ...LABELS, image: { widht: 8 } }),
    ['MAR411 service.json: /image/widht is not known @ service.json#/image/widht 11:5'],
  ],
  [
    'a section that this service does not read',
    built('tensor', { model: 'model.onnx', image: { width: 8 } }),
    ['MAR411 service.json: tensor does not read /image @ service.json#/image 3:3; expected model, batch'],
  ],
  ['a model that is named', built('tensor', { model: 'model.onnx' }), []],
  [
    'a model that is misspelt',
    built('tensor', { model: 'modle.onnx' }),
    [
      "MAR412 service.json names modle.onnx, which is not an ONNX file of the archive (did you mean 'model.onnx'?) @ service.json#/model 2:3; found modle.onnx",
    ],
  ],
  ['a model that the manifest names', built('tensor', undefined, IMAGE, {}, { serializedFile: 'model.onnx' }), []],
  [
    'a model that the manifest names and that is not there',
    built('tensor', undefined, IMAGE, {}, { serializedFile: 'zzz.bin' }),
    [
      'MAR412 model.serializedFile names zzz.bin, which is not an ONNX file of the archive @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5; found zzz.bin',
    ],
  ],
  [
    'no model',
    built('tensor', undefined, IMAGE, { 'model.onnx': undefined }),
    ['MAR412 tensor finds no ONNX files; found none; expected one .onnx file'],
  ],
  [
    'two models',
    built('tensor', undefined, IMAGE, { 'b.onnx': encodeOnnx(IMAGE) }),
    ['MAR412 tensor finds 2 ONNX files; found model.onnx, b.onnx; expected one .onnx file'],
  ],
  ['two models, and one is named', built('tensor', { model: 'b.onnx' }, IMAGE, { 'b.onnx': encodeOnnx(IMAGE) }), []],
  [
    'numbers of another kind',
    classifier(LABELS, { inputs: [{ name: 'input', type: 7, dims: ['batch', 3, 8, 8] }] }),
    [
      'MAR413 the input of model.onnx is not an image @ model.onnx; found input: int64[batch,3,8,8]; expected float32, float16 or uint8 with four axes',
    ],
  ],
  [
    'an input of two axes',
    classifier(LABELS, { inputs: [{ name: 'input', dims: ['batch', 4] }] }),
    [
      'MAR413 the input of model.onnx is not an image @ model.onnx; found input: float32[batch,4]; expected float32, float16 or uint8 with four axes',
    ],
  ],
  [
    'another width and height',
    classifier({ ...LABELS, image: { width: 9, height: 7 } }),
    [
      'MAR413 image.height is 7 and the model takes 8 @ service.json#/image/height 12:5; found 7; expected 8',
      'MAR413 image.width is 9 and the model takes 8 @ service.json#/image/width 11:5; found 9; expected 8',
    ],
  ],
  [
    'a size that the model leaves open',
    classifier(LABELS, OPEN),
    [
      'MAR413 the model leaves the height of its input open, and image.height is not given @ service.json#/image 1:1; found input: float32[batch,3,h,w]; expected image.height in service.json',
      'MAR413 the model leaves the width of its input open, and image.width is not given @ service.json#/image 1:1; found input: float32[batch,3,h,w]; expected image.width in service.json',
    ],
  ],
  [
    'a height that both leave open',
    classifier({ ...LABELS, image: { width: 8 } }, OPEN),
    [
      'MAR413 the model leaves the height of its input open, and image.height is not given @ service.json#/image 10:3; found input: float32[batch,3,h,w]; expected image.height in service.json',
    ],
  ],
  [
    'a layout that is given',
    classifier(
      { ...LABELS, image: { layout: 'NHWC', width: 8, height: 9 } },
      { inputs: [{ name: 'input', dims: ['batch', 8, 8, 3] }] },
    ),
    ['MAR413 image.height is 9 and the model takes 8 @ service.json#/image/height 13:5; found 9; expected 8'],
  ],
  [
    'a tensor service takes any input',
    built('tensor', undefined, { inputs: [{ name: 'input', dims: ['batch', 4] }] }),
    [],
  ],
  [
    'an output that is misspelt',
    classifier({ classes: { ...LABELS.classes, output: 'outptu' } }),
    [
      "MAR414 the model has no output 'outptu' (did you mean 'output'?) @ service.json#/classes/output 9:5; found outptu; expected output",
    ],
  ],
  ['an output that is there', classifier({ classes: { ...LABELS.classes, output: 'output' } }), []],
  [
    'an output with a row for each step',
    classifier(LABELS, { ...IMAGE, outputs: [{ name: 'output', dims: ['batch', 't', 97] }] }),
    [
      "MAR414 image_classifier reads one row of scores from 'output' @ service.json#/classes/output 2:3; found float32[batch,t,97]; expected float32, float16 or float64 [batch,classes]",
    ],
  ],
  [
    'an output of whole numbers, by its name',
    classifier(
      { classes: { ...LABELS.classes, output: 'label' } },
      {
        ...IMAGE,
        outputs: [
          { name: 'output', dims: ['batch', 4] },
          { name: 'label', type: 7, dims: ['batch'] },
        ],
      },
    ),
    [
      "MAR414 image_classifier reads one row of scores from 'label' @ service.json#/classes/output 9:5; found int64[batch]; expected float32, float16 or float64 [batch,classes]",
    ],
  ],
  [
    'scores of half precision',
    classifier(LABELS, { ...IMAGE, outputs: [{ name: 'output', type: 10, dims: ['batch', 4] }] }),
    [],
  ],
  [
    'outputs of boxes that are not there',
    built('object_detector', { boxes: { boxes: 'b', scores: 'output', labels: 'l' } }),
    [
      "MAR414 the model has no output 'b' @ service.json#/boxes/boxes 3:5; found b; expected output",
      "MAR414 the model has no output 'l' @ service.json#/boxes/labels 5:5; found l; expected output",
    ],
  ],
  [
    'labels that are not there',
    built('image_classifier', { classes: { labels: 'labls.txt' } }, IMAGE, { 'labels.txt': 'a\nb\nc\nd\n' }),
    [
      "MAR415 image_classifier reads labls.txt, which is not in the archive (did you mean 'labels.txt'?) @ service.json#/classes/labels 3:5; found labls.txt",
    ],
  ],
  [
    'labels that are not in their form',
    built('image_classifier', { classes: { labels: 'labels.json' } }, IMAGE, { 'labels.json': '{ "a": ' }),
    ['MAR415 The label file labels.json is not JSON: Unexpected end of JSON input. @ labels.json'],
  ],
  [
    'no tokenizer',
    built('text_classifier', undefined, { inputs: [{ name: 'input_ids', type: 7, dims: ['batch', 'n'] }] }),
    ['MAR415 text_classifier reads tokenizer.json, which is not in the archive; found tokenizer.json'],
  ],
  [
    'a tokenizer that is named and not there',
    built(
      'text_classifier',
      { text: { tokenizer: 'tok.json' } },
      { inputs: [{ name: 'input_ids', type: 7, dims: ['batch', 'n'] }] },
    ),
    [
      'MAR415 text_classifier reads tok.json, which is not in the archive @ service.json#/text/tokenizer 3:5; found tok.json',
    ],
  ],
  [
    'a tokenizer',
    built(
      'text_classifier',
      undefined,
      { inputs: [{ name: 'input_ids', type: 7, dims: ['batch', 'n'] }] },
      { 'tokenizer.json': '{}' },
    ),
    [],
  ],
]);

test.run();
