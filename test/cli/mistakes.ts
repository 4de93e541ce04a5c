/** What a hurried user gets wrong, and the whole of what the programs say to it. */
const SCRIPT = 'export function handle(batch: unknown[]): unknown[] { return batch; }\n';
const PYTHON = 'def handle(data, context):\n    return data\n';

/** A model directory that can be packed. */
export const MODEL = { 'model/service.py': PYTHON };
/** … with these flags. */
export const PACK = ['--model-name', 'x', '--model-path', 'model', '--handler', 'service.py'] as const;

export type Program = 'mar' | 'model-archiver';

const PACKED = `model-archiver ${PACK.join(' ')}`;
const ANY_PORTS = '--inference-address http://127.0.0.1:0 --management-address http://127.0.0.1:0';

/**
 * What went wrong, the command line, its exit code, the lines that it says, and the files where they are not those of `MODEL`. The lines
 * are those of stderr; of stdout for `validate`, whose report they are. DIR stands for the folder that it runs in.
 */
type Row = readonly [
  name: string,
  line: string,
  code: number,
  says: readonly string[],
  files?: Readonly<Record<string, string>>,
];

export const MISTAKES: readonly Row[] = [
  [
    'the wrong folder',
    'model-archiver --model-name x --model-path models --handler service.py',
    1,
    [
      "error: The model path models does not exist (did you mean 'model'?).",
      'hint: Give the directory that holds the model.',
    ],
  ],
  [
    'the folder above the handler',
    'model-archiver --model-name x --model-path model --handler service.ts',
    1,
    ['error: There is no handler service.ts in DIR/model or DIR.', 'hint: Did you mean --handler src/service.ts?'],
    { 'model/src/service.ts': SCRIPT },
  ],
  [
    'a handler where there is no code',
    'model-archiver --model-name x --model-path model --handler service.ts',
    1,
    [
      'error: There is no handler service.ts in DIR/model or DIR.',
      'hint: The directory holds no TypeScript, JavaScript or Python: put the handler there, or name a built-in service.',
    ],
    { 'model/weights.bin': 'x' },
  ],
  [
    'a handler that exports something else',
    'model-archiver --model-name x --model-path model --handler service.ts',
    1,
    [
      "error: service.ts has neither 'handle' nor a default export, and nothing says which one is the service.",
      '  It offers predict, version.',
      'hint: Name what is called after a colon, for example --handler service.ts:predict.',
    ],
    { 'model/service.ts': 'export const predict = (batch: unknown[]) => batch;\nexport const version = 1;\n' },
  ],
  [
    'a handler without any export',
    'model-archiver --model-name x --model-path model --handler service.ts',
    1,
    [
      'error: service.ts exports nothing.',
      'hint: Export the function that is called: export function handle(batch, context).',
    ],
    { 'model/service.ts': 'console.log("hello");\n' },
  ],
  [
    'a misspelt function in Python',
    'mar build model --model-name x --handler service.py:handel',
    2,
    [
      "error: service.py has no 'handel' to call (did you mean 'handle'?).",
      '  It offers handle.',
      'hint: Name what is called after a colon, for example --handler service.py:handle.',
    ],
    { 'model/service.py': 'import os\n\ndef handle(data, context):\n    return data\n' },
  ],
  [
    'a colon and nothing behind it',
    `${PACKED}:`,
    2,
    [
      "error: The handler reference 'service.py:' is incomplete; expected FILE or FILE:ENTRYPOINT.",
      'hint: Write --handler service.py, or name what is called: --handler service.py:handle.',
    ],
  ],
  [
    'a typo in a flag',
    `${PACKED} --exprot-path .`,
    2,
    ["error: unknown option '--exprot-path'", '(Did you mean --export-path?)'],
  ],
  ['a typo in a command', 'mar biuld', 2, ["error: unknown command 'biuld'", '(Did you mean build?)']],
  [
    'an archive instead of a directory',
    'model-archiver --model-name y --model-path x.mar --handler service.py',
    1,
    [
      'error: The model path x.mar is a file, expected a directory.',
      'hint: An archive is packed already: mar validate x.mar checks it, mar extract x.mar DIR unpacks it.',
    ],
    { 'x.mar': 'PK' },
  ],
  [
    'a file instead of its directory',
    'model-archiver --model-name y --model-path model/service.py --handler service.py',
    1,
    [
      'error: The model path model/service.py is a file, expected a directory.',
      'hint: Give the directory that holds it: --model-path model.',
    ],
  ],
  [
    'a directory instead of an archive, to predict',
    'mar predict model in.json',
    2,
    [
      'error: DIR/model has no MAR-INF/MANIFEST.json, which every model archive must have.',
      'hint: Pack it first: mar build DIR/model',
    ],
    { 'model/weights.bin': 'x', 'in.json': '{}' },
  ],
  [
    'a directory instead of an archive, to validate',
    'mar validate model',
    2,
    [
      'model',
      '  not checked  model holds no archive and is not a model directory',
      '  a model directory has MAR-INF/MANIFEST.json; make an archive of it: mar build model',
      '',
      '0 archives passed, 1 path not checked: 0 errors, 0 warnings, 0 notes',
    ],
  ],
  [
    'a directory instead of an archive, to serve',
    `mar serve-local model ${ANY_PORTS}`,
    2,
    [
      'error: model has no MAR-INF/MANIFEST.json, which every model archive must have.',
      'hint: Pack it first: mar build model',
    ],
    { 'model/weights.bin': 'x' },
  ],
  [
    'a built-in service without a model',
    'model-archiver --model-name x --model-path model --handler tensor',
    1,
    [
      "error: The built-in service 'tensor' needs an ONNX model, and there is none to pack.",
      'hint: Put the .onnx file into the model directory, or write a handler of your own.',
    ],
    { 'model/labels.txt': 'cat\n' },
  ],
  [
    'a service of TorchServe without a model',
    'model-archiver -q --model-name x --model-path model --handler image_classifier',
    0,
    [
      'warning: The service image_classifier of TorchServe runs a model, and no file here looks like one: put it into the model directory, or name it with --serialized-file.',
    ],
    { 'model/labels.txt': 'cat\n' },
  ],
  [
    'weights that are not there',
    `${PACKED} --serialized-file weights.onnx`,
    1,
    [
      'error: --serialized-file names weights.onnx, which does not exist.',
      'hint: Correct the path; relative paths start at the working directory.',
    ],
  ],
  [
    'an input that is not there',
    'mar predict x.mar kitten.jpg',
    2,
    [
      'error: The input DIR/kitten.jpg cannot be read: it does not exist.',
      'hint: Name a readable file; without one the request has no body.',
    ],
    { 'x.mar': 'PK' },
  ],
  [
    'an empty folder, to pack',
    PACKED,
    1,
    [
      'error: There is nothing to pack in model.',
      'hint: Put the model and its handler there; hidden files, caches and .mar files do not count.',
    ],
    { 'model/': '' },
  ],
  [
    'an empty folder, to validate',
    'mar validate model',
    2,
    [
      'model',
      '  not checked  model holds no archive and is not a model directory',
      '  a model directory has MAR-INF/MANIFEST.json; make an archive of it: mar build model',
      '',
      '0 archives passed, 1 path not checked: 0 errors, 0 warnings, 0 notes',
    ],
    { 'model/': '' },
  ],
  [
    'an archive that exists already',
    PACKED,
    1,
    [
      'error: DIR/x.mar already exists.',
      'hint: Use -f (--force) to replace it, or another --export-path or --model-name.',
    ],
    { ...MODEL, 'x.mar': 'PK' },
  ],
  [
    'a place to write that does not exist',
    `${PACKED} --export-path out`,
    1,
    ['error: The export path out does not exist.', 'hint: Create it first, or choose another --export-path.'],
  ],
];
