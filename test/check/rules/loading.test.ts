import { test } from 'uvu';
import { LOADING_RULES } from '#check/rules/loading.js';
import { forgeZip } from '../../hostile/forge-zip.js';
import { type Files, pythonFiles } from '../sample-archives.js';
import { tellRules } from './tell-rules.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

const HARMLESS = latin('\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.');
const ATTACK = latin('\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x8c\x02id\x85R.');
const SIX = latin(`\x80\x02${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `cos\n${name}\n`).join('')}.`);
const FOREST = latin('\x80\x02csklearn.ensemble._forest\nRandomForestClassifier\n)\x81.');
const CODE = latin(`\x93NUMPY\x01\x00\x06\x00exit()`);
const torch = (data: Buffer): Buffer => forgeZip([{ name: 'state/data.pkl', data }]);
const classes = (names: readonly string[]): Buffer =>
  latin(`\x80\x02${names.map((name) => `cnets\n${name}\n)\x81`).join('')}.`);
const files = (over: Readonly<Record<string, string | Buffer>>): Files => pythonFiles(over);

await tellRules(LOADING_RULES, [
  [
    'a PyTorch file that is none',
    files({ 'a.pt': 'version https://git-lfs', 'b.pth': '', 'c.ckpt': torch(HARMLESS).subarray(0, 60) }),
    [
      'MAR430 a.pt: it is neither a zip nor a pickle @ a.pt; found 23 bytes',
      'MAR430 b.pth: the file is empty @ b.pth; found 0 bytes',
      'MAR430 c.ckpt: the zip has no readable directory: it is cut off @ c.ckpt; found 60 bytes',
    ],
  ],
  ['weights that are no pickle, and are not called one', files({ 'a.bin': 'weights', 'b.dat': '' }), []],
  [
    'a pickle that is cut off',
    files({ 'model.pkl': HARMLESS.subarray(0, -1) }),
    ['MAR430 model.pkl: the pickle ends before its STOP @ model.pkl; found 33 bytes'],
  ],
  [
    'a PyTorch file whose pickle is cut off',
    files({ 'model.pt': torch(HARMLESS.subarray(0, -1)) }),
    ['MAR430 model.pt: the pickle ends before its STOP @ model.pt; found 159 bytes'],
  ],
  [
    'a pickle that runs commands, whatever its name',
    files({ 'model.pkl': ATTACK, 'notes.txt': ATTACK, 'weights.safetensors': ATTACK }),
    [
      'MAR431 model.pkl calls posix.system (byte 25) @ model.pkl; found posix.system',
      'MAR431 notes.txt calls posix.system (byte 25) @ notes.txt; found posix.system',
      'MAR431 weights.safetensors calls posix.system (byte 25) @ weights.safetensors; found posix.system',
    ],
  ],
  [
    'a PyTorch file that runs commands',
    files({ 'model.pt': torch(ATTACK) }),
    ['MAR431 model.pt calls posix.system (state/data.pkl, byte 25) @ model.pt; found posix.system'],
  ],
  [
    'six functions: five are told, all are found',
    files({ 'model.joblib': SIX }),
    [
      'MAR431 model.joblib imports os.a (byte 2), imports os.b (byte 8), imports os.c (byte 14), imports os.d (byte 20), imports os.e (byte 26) and 1 more @ model.joblib; found os.a, os.b, os.c, os.d, os.e, os.f',
    ],
  ],
  [
    'a name that nobody can tell, a code of the registry, and a changed import',
    files({
      'a.pickle': latin('\x80\x04N\x8c\x06system\x93.'),
      'b.pickle': latin('\x80\x02\x82\x01.'),
      'c.pickle': latin('\x80\x02ccollections\nOrderedDict\n}b.'),
    }),
    [
      'MAR431 a.pickle imports a name computed while loading (byte 11) @ a.pickle; found a name computed while loading',
      'MAR431 b.pickle calls a code of the extension registry (byte 2) @ b.pickle; found (extension registry).code',
      'MAR431 c.pickle changes collections.OrderedDict (byte 28) @ c.pickle; found collections.OrderedDict',
    ],
  ],
  [
    'classes that nobody knows, in a pickle and in a PyTorch file',
    files({ 'model.pkl': classes(['A', 'B']), 'model.pt': torch(classes(['A'])) }),
    [
      'MAR434 model.pkl creates nets.A (byte 11), creates nets.B (byte 21) @ model.pkl; found nets.A, nets.B',
      'MAR434 model.pt creates nets.A (state/data.pkl, byte 11) @ model.pt; found nets.A',
    ],
  ],
  [
    'an estimator',
    files({ 'model.sav': FOREST }),
    ['MAR432 model.sav is a pickle of sklearn.ensemble._forest.RandomForestClassifier @ model.sav'],
  ],
  ['a dictionary in a PyTorch file', files({ 'model.pt': torch(HARMLESS) }), []],
  [
    'TorchScript with classes of its own',
    files({
      'model.pt': forgeZip([
        { name: 'net/data.pkl', data: latin('\x80\x02c__torch__.nets\nNet\n)\x81.') },
        { name: 'net/constants.pkl', data: HARMLESS },
      ]),
    }),
    [],
  ],
  [
    'the same without code',
    files({ 'model.pt': torch(latin('\x80\x02c__torch__.nets\nNet\n)\x81.')) }),
    ['MAR434 model.pt creates __torch__.nets.Net (state/data.pkl, byte 23) @ model.pt; found __torch__.nets.Net'],
  ],
  [
    "a package's pickle of its own classes, and of another's",
    files({
      'dep.whl': forgeZip([
        { name: 'dep/shapes.py', data: 'class Box:\n    pass\n' },
        { name: 'dep/own.pkl', data: latin('\x80\x02cdep.shapes\nBox\n)\x81.') },
        { name: 'dep/other.pkl', data: latin('\x80\x02cnets.boxes\nBox\n)\x81.') },
      ]),
    }),
    ['MAR434 dep.whl creates nets.boxes.Box (dep/other.pkl, byte 19) @ dep.whl; found nets.boxes.Box'],
  ],
  ['a pickle of numbers', files({ 'model.pkl': latin('\x80\x02K\x01.') }), []],
  [
    'what is not followed',
    files({
      'model.pkl.7z': latin("7z\xbc\xaf'\x1c\x00\x04"),
      'model.pt': forgeZip([{ name: 'a/data.pkl', data: HARMLESS, both: { flags: 1 } }]),
    }),
    [
      'MAR435 model.pkl.7z could not be followed: it is compressed with 7z, which is not unpacked here @ model.pkl.7z',
      'MAR435 model.pt could not be followed at a/data.pkl: it is encrypted @ model.pt',
    ],
  ],
  [
    'an array whose header is code',
    files({ 'a.npy': CODE, 'b.npz': forgeZip([{ name: 'x.npy', data: CODE }]) }),
    ['a.npy', 'b.npz'].map(
      (name) =>
        `MAR436 ${name} has a header that is not a literal of Python: readers that evaluate it run code${name === 'b.npz' ? ' (x.npy)' : ''} @ ${name}`,
    ),
  ],
]);

await tellRules(
  LOADING_RULES,
  [
    [
      "classes that the user's list has, and what it cannot have",
      files({ 'model.pkl': classes(['A', 'B']), 'other.pkl': ATTACK }),
      [
        'MAR432 model.pkl is a pickle of nets.A, nets.B @ model.pkl',
        'MAR431 other.pkl calls posix.system (byte 25) @ other.pkl; found posix.system',
      ],
    ],
  ],
  { allowImport: ['nets.*'] },
);

test.run();
