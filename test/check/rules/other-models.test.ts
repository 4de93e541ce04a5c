import { test } from 'uvu';
import { OTHER_MODEL_RULES } from '#check/rules/other-models.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { type Files, pythonFiles, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const SYMBOL = '{ "nodes": [{ "op": "null", "name": "data" }], "arg_nodes": [0], "heads": [[0, 0, 0]] }';
const PARAMS = Buffer.from('1201000000000000', 'hex');
const HARMLESS = latin('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.');
const torch = (data: Buffer): Buffer => forgeZip([{ name: 'state/data.pkl', data }]);
const files = (over: Readonly<Record<string, string | Buffer>>): Files => pythonFiles(over);
const builtin = (data: Buffer, model: Readonly<Record<string, unknown>> = {}): Files =>
  pythonFiles(
    { 'model.pt': data, 'model.py': '' },
    { handler: 'image_classifier', serializedFile: 'model.pt', ...model },
  );

await tellRules(OTHER_MODEL_RULES, [
  ['a checkpoint of MXNet', files({ 'cats-symbol.json': SYMBOL, 'cats-0000.params': PARAMS }), []],
  [
    'a symbol that is not JSON',
    files({ 'cats-symbol.json': '{', 'cats-0000.params': PARAMS }),
    ['MAR420 cats-symbol.json: it is not JSON @ cats-symbol.json'],
  ],
  [
    'a symbol without its fields',
    files({ 'cats-symbol.json': '{ "nodes": [] }', 'cats-0000.params': PARAMS }),
    ['MAR420 cats-symbol.json: it has no arg_nodes, heads @ cats-symbol.json'],
  ],
  [
    'parameters that are a text',
    files({ 'cats-symbol.json': SYMBOL, 'cats-0000.params': 'text' }),
    ['MAR421 cats-0000.params does not begin like a list of MXNet arrays @ cats-0000.params; found 4 bytes'],
  ],
  [
    'a symbol alone',
    files({ 'a/cats-symbol.json': SYMBOL }),
    ['MAR422 a/cats-symbol.json has no parameters @ a/cats-symbol.json; expected a/cats-0000.params'],
  ],
  [
    'parameters alone',
    files({ 'cats-0012.params': PARAMS }),
    ['MAR422 cats-0012.params has no symbol @ cats-0012.params; expected cats-symbol.json'],
  ],
  ['parameters without an epoch are no checkpoint', files({ 'cats.params': PARAMS }), []],
  [
    'two prefixes',
    files({ 'cats-symbol.json': SYMBOL, 'dogs-0000.params': PARAMS }),
    [
      'MAR422 cats-symbol.json has no parameters @ cats-symbol.json; expected cats-0000.params',
      'MAR422 dogs-0000.params has no symbol @ dogs-0000.params; expected dogs-symbol.json',
    ],
  ],
  [
    'the template, and another prefix',
    files({ 'dogs-symbol.json': SYMBOL, 'dogs-0000.params': PARAMS, 'mxnet_model_service.py': '' }),
    [
      "MAR423 no symbol is named after the model 'cats' @ dogs-symbol.json; found dogs-symbol.json; expected cats-symbol.json",
    ],
  ],
  [
    'the vision template in a folder, and another prefix',
    files({ 'dogs-symbol.json': SYMBOL, 'dogs-0000.params': PARAMS, 'lib/mxnet_vision_service.py': '' }),
    [
      "MAR423 no symbol is named after the model 'cats' @ dogs-symbol.json; found dogs-symbol.json; expected cats-symbol.json",
    ],
  ],
  [
    'the template, and the prefix it looks for',
    files({ 'cats-symbol.json': SYMBOL, 'cats-0000.params': PARAMS, 'mxnet_model_service.py': '' }),
    [],
  ],
  ['the template without a symbol', files({ 'mxnet_model_service.py': '' }), []],
  [
    'weights without their class',
    builtin(torch(HARMLESS)),
    ['MAR433 model.pt is a state_dict and no model file is named @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5'],
  ],
  [
    'old weights without their class',
    builtin(HARMLESS),
    ['MAR433 model.pt is a state_dict and no model file is named @ MAR-INF/MANIFEST.json#/model/serializedFile 6:5'],
  ],
  ['weights with their class', builtin(torch(HARMLESS), { modelFile: 'model.py' }), []],
  ['weights for a handler of its own', builtin(torch(HARMLESS), { handler: 'model:handle' }), []],
  ['weights for a service of ours', scriptFiles({ 'model.pt': torch(HARMLESS) }), []],
]);

test.run();
