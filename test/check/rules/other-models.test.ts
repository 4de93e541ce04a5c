import { test } from 'uvu';
import { OTHER_MODEL_RULES } from '#check/rules/other-models.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { type Files, pythonFiles, scriptFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const SYMBOL = '{ "nodes": [{ "op": "null", "name": "data" }], "arg_nodes": [0], "heads": [[0, 0, 0]] }';
const PARAMS = Buffer.from('1201000000000000', 'hex');
const HARMLESS = latin('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.');
const ATTACK = latin('\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x8c\x02id\x85R.');
const SIX = latin(
  `\x80\x02${['os.a', 'os.b', 'os.c', 'os.d', 'os.e', 'os.f'].map((name) => `c${name.replace('.', '\n')}\n`).join('')}.`,
);
const torch = (data: Buffer): Buffer => forgeZip([{ name: 'state/data.pkl', data }]);
const classes = (names: readonly string[]): Buffer =>
  latin(`\x80\x02${names.map((name) => `cnets\n${name}\n`).join('')}.`);
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
    'a PyTorch file that is none',
    files({ 'a.pt': 'version https://git-lfs', 'b.pth': '', 'c.ckpt': torch(HARMLESS).subarray(0, 60) }),
    [
      'MAR430 a.pt: it is neither a zip nor a pickle @ a.pt; found 23 bytes',
      'MAR430 b.pth: the file is empty @ b.pth; found 0 bytes',
      'MAR430 c.ckpt: the zip inside it has no readable directory: it is cut off @ c.ckpt; found 60 bytes',
    ],
  ],
  [
    'a pickle that is cut off',
    files({ 'model.pkl': HARMLESS.subarray(0, -1) }),
    [
      'MAR430 model.pkl: the pickle ends before its STOP @ model.pkl; found 33 bytes',
      'MAR432 model.pkl is a pickle of collections.OrderedDict @ model.pkl',
    ],
  ],
  [
    'a PyTorch file whose pickle is cut off',
    files({ 'model.pt': torch(HARMLESS.subarray(0, -1)) }),
    ['MAR430 model.pt: the pickle ends before its STOP @ model.pt; found 159 bytes'],
  ],
  [
    'a pickle that runs commands',
    files({ 'model.pkl': ATTACK }),
    ['MAR431 model.pkl imports posix.system @ model.pkl; found posix.system'],
  ],
  [
    'a PyTorch file that runs commands',
    files({ 'model.pt': torch(ATTACK) }),
    ['MAR431 model.pt imports posix.system @ model.pt; found posix.system'],
  ],
  [
    'six functions: five are told, all are found',
    files({ 'model.joblib': SIX }),
    [
      'MAR431 model.joblib imports os.a, os.b, os.c, os.d, os.e @ model.joblib; found os.a, os.b, os.c, os.d, os.e, os.f',
    ],
  ],
  [
    'an old PyTorch file that runs commands',
    files({ 'model.pth': latin('cposix\nsystem\n(S"id"\ntR.') }),
    ['MAR431 model.pth imports posix.system @ model.pth; found posix.system'],
  ],
  [
    'a name that nobody can tell',
    files({ 'model.pickle': latin('\x80\x04N\x8c\x06system\x93.') }),
    ['MAR431 model.pickle imports a name computed while loading @ model.pickle; found a name computed while loading'],
  ],
  [
    'classes in a pickle',
    files({ 'model.pkl': classes(['A', 'B', 'C', 'D', 'E', 'F']) }),
    ['MAR432 model.pkl is a pickle of nets.A, nets.B, nets.C, nets.D, nets.E @ model.pkl'],
  ],
  [
    'classes in a PyTorch file',
    files({ 'model.pt': torch(classes(['A'])) }),
    ['MAR432 model.pt is a pickle of nets.A @ model.pt'],
  ],
  ['a dictionary in a PyTorch file', files({ 'model.pt': torch(HARMLESS) }), []],
  [
    'TorchScript with classes',
    files({
      'model.pt': forgeZip([
        { name: 'net/data.pkl', data: classes(['A']) },
        { name: 'net/constants.pkl', data: HARMLESS },
      ]),
    }),
    [],
  ],
  ['a pickle of numbers', files({ 'model.pkl': latin('\x80\x02K\x01.') }), []],
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
