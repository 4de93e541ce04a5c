/** What a hurried user gets wrong, and the whole of what the programs say to it. */
const SCRIPT = 'export function handle(batch: unknown[]): unknown[] { return batch; }\n';
const PYTHON = 'def handle(data, context):\n    return data\n';

/** A model directory that can be packed. */
export const MODEL = { 'model/service.py': PYTHON };
/** … with these flags. */
export const PACK = ['--model-name', 'x', '--model-path', 'model', '--handler', 'service.py'] as const;

export type Program = 'mar' | 'model-archiver';

/** One command line that fails, or nearly. */
export interface Mistake {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly run: readonly [Program, ...string[]];
  readonly code: number;
  /** The lines of stderr; of stdout for `validate`, whose report they are. */
  readonly says: readonly string[];
}

/** DIR stands for the folder that it runs in. */
export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the wrong folder',
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'models', '--handler', 'service.py'],
    code: 1,
    says: [
      "error: The model path models does not exist (did you mean 'model'?).",
      'hint: Give the directory that holds the model.',
    ],
  },
  {
    name: 'the folder above the handler',
    files: { 'model/src/service.ts': SCRIPT },
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'service.ts'],
    code: 1,
    says: [
      'error: There is no handler service.ts in DIR/model or DIR.',
      'hint: Did you mean --handler src/service.ts?',
    ],
  },
  {
    name: 'a handler where there is no code',
    files: { 'model/weights.bin': 'x' },
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'service.ts'],
    code: 1,
    says: [
      'error: There is no handler service.ts in DIR/model or DIR.',
      'hint: The directory holds no TypeScript, JavaScript or Python: put the handler there, or name a built-in service.',
    ],
  },
  {
    name: 'a handler that exports something else',
    files: { 'model/service.ts': 'export const predict = (batch: unknown[]) => batch;\nexport const version = 1;\n' },
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'service.ts'],
    code: 1,
    says: [
      "error: service.ts has neither 'handle' nor a default export, and nothing says which one is the service.",
      '  It offers predict, version.',
      'hint: Name what is called after a colon, for example --handler service.ts:predict.',
    ],
  },
  {
    name: 'a handler without any export',
    files: { 'model/service.ts': 'console.log("hello");\n' },
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'service.ts'],
    code: 1,
    says: [
      'error: service.ts exports nothing.',
      'hint: Export the function that is called: export function handle(batch, context).',
    ],
  },
  {
    name: 'a misspelt function in Python',
    files: { 'model/service.py': 'import os\n\ndef handle(data, context):\n    return data\n' },
    run: ['mar', 'build', 'model', '--model-name', 'x', '--handler', 'service.py:handel'],
    code: 2,
    says: [
      "error: service.py has no 'handel' to call (did you mean 'handle'?).",
      '  It offers handle.',
      'hint: Name what is called after a colon, for example --handler service.py:handle.',
    ],
  },
  {
    name: 'a colon and nothing behind it',
    files: MODEL,
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'service.py:'],
    code: 2,
    says: [
      "error: The handler reference 'service.py:' is incomplete; expected FILE or FILE:ENTRYPOINT.",
      'hint: Write --handler service.py, or name what is called: --handler service.py:handle.',
    ],
  },
  {
    name: 'a typo in a flag',
    files: MODEL,
    run: ['model-archiver', ...PACK, '--exprot-path', '.'],
    code: 2,
    says: ["error: unknown option '--exprot-path'", '(Did you mean --export-path?)'],
  },
  {
    name: 'a typo in a command',
    run: ['mar', 'biuld'],
    code: 2,
    says: ["error: unknown command 'biuld'", '(Did you mean build?)'],
  },
  {
    name: 'an archive instead of a directory',
    files: { 'x.mar': 'PK' },
    run: ['model-archiver', '--model-name', 'y', '--model-path', 'x.mar', '--handler', 'service.py'],
    code: 1,
    says: [
      'error: The model path x.mar is a file, expected a directory.',
      'hint: An archive is packed already: mar validate x.mar checks it, mar extract x.mar DIR unpacks it.',
    ],
  },
  {
    name: 'a file instead of its directory',
    files: MODEL,
    run: ['model-archiver', '--model-name', 'y', '--model-path', 'model/service.py', '--handler', 'service.py'],
    code: 1,
    says: [
      'error: The model path model/service.py is a file, expected a directory.',
      'hint: Give the directory that holds it: --model-path model.',
    ],
  },
  {
    name: 'a directory instead of an archive, to predict',
    files: { ...MODEL, 'in.json': '{}' },
    run: ['mar', 'predict', 'model', 'in.json'],
    code: 2,
    says: [
      'error: DIR/model has no MAR-INF/MANIFEST.json, which every model archive must have.',
      'hint: Pack it first: mar build DIR/model',
    ],
  },
  {
    name: 'a directory instead of an archive, to validate',
    files: MODEL,
    run: ['mar', 'validate', 'model'],
    code: 2,
    says: [
      'model',
      '  not checked  model holds no archive and is not a model directory',
      '  a model directory has MAR-INF/MANIFEST.json; make an archive of it: mar build model',
      '',
      '0 archives passed, 1 path not checked: 0 errors, 0 warnings, 0 notes',
    ],
  },
  {
    name: 'a directory instead of an archive, to serve',
    files: MODEL,
    run: [
      'mar',
      'serve-local',
      'model',
      '--inference-address',
      'http://127.0.0.1:0',
      '--management-address',
      'http://127.0.0.1:0',
    ],
    code: 2,
    says: [
      'error: model has no MAR-INF/MANIFEST.json, which every model archive must have.',
      'hint: Pack it first: mar build model',
    ],
  },
  {
    name: 'a built-in service without a model',
    files: { 'model/labels.txt': 'cat\n' },
    run: ['model-archiver', '--model-name', 'x', '--model-path', 'model', '--handler', 'tensor'],
    code: 1,
    says: [
      "error: The built-in service 'tensor' needs an ONNX model, and there is none to pack.",
      'hint: Put the .onnx file into the model directory, or write a handler of your own.',
    ],
  },
  {
    name: 'a service of TorchServe without a model',
    files: { 'model/labels.txt': 'cat\n' },
    run: ['model-archiver', '-q', '--model-name', 'x', '--model-path', 'model', '--handler', 'image_classifier'],
    code: 0,
    says: [
      'warning: The service image_classifier of TorchServe runs a model, and no file here looks like one: put it into the model directory, or name it with --serialized-file.',
    ],
  },
  {
    name: 'weights that are not there',
    files: MODEL,
    run: ['model-archiver', ...PACK, '--serialized-file', 'weights.onnx'],
    code: 1,
    says: [
      'error: --serialized-file names weights.onnx, which does not exist.',
      'hint: Correct the path; relative paths start at the working directory.',
    ],
  },
  {
    name: 'an input that is not there',
    files: { 'x.mar': 'PK' },
    run: ['mar', 'predict', 'x.mar', 'kitten.jpg'],
    code: 2,
    says: [
      'error: The input DIR/kitten.jpg cannot be read: it does not exist.',
      'hint: Name a readable file; without one the request has no body.',
    ],
  },
  {
    name: 'an empty folder, to pack',
    files: { 'model/': '' },
    run: ['model-archiver', ...PACK],
    code: 1,
    says: [
      'error: There is nothing to pack in model.',
      'hint: Put the model and its handler there; hidden files, caches and .mar files do not count.',
    ],
  },
  {
    name: 'an empty folder, to validate',
    files: { 'model/': '' },
    run: ['mar', 'validate', 'model'],
    code: 2,
    says: [
      'model',
      '  not checked  model holds no archive and is not a model directory',
      '  a model directory has MAR-INF/MANIFEST.json; make an archive of it: mar build model',
      '',
      '0 archives passed, 1 path not checked: 0 errors, 0 warnings, 0 notes',
    ],
  },
  {
    name: 'an archive that exists already',
    files: { ...MODEL, 'x.mar': 'PK' },
    run: ['model-archiver', ...PACK],
    code: 1,
    says: [
      'error: DIR/x.mar already exists.',
      'hint: Use -f (--force) to replace it, or another --export-path or --model-name.',
    ],
  },
  {
    name: 'a place to write that does not exist',
    files: MODEL,
    run: ['model-archiver', ...PACK, '--export-path', 'out'],
    code: 1,
    says: ['error: The export path out does not exist.', 'hint: Create it first, or choose another --export-path.'],
  },
];
