import type { CodeTable } from '../error-kind.js';

/** Flags, variables, configuration files and `mar init`. */
export const COMMAND_LINE_CODES = {
  ERR_USAGE: {
    kind: 'usage',
    meaning:
      'The command line is wrong: an unknown command or flag, a missing argument, a value that a flag does not take.',
    remedy: 'See --help of the command.',
  },
  ERR_FLAG_REQUIRED: {
    kind: 'usage',
    meaning: 'A flag that packing cannot do without is not given, and no mar.config.json gives its value.',
    remedy: 'Give it, or let `mar init` write a mar.config.json into the model directory.',
  },
  ERR_FLAG_REPEATED: {
    kind: 'usage',
    meaning: 'The model directory is named twice, as an argument and by --model-path, and the two differ.',
    remedy: 'Name it once.',
  },
  ERR_SOURCE_DATE_EPOCH: {
    kind: 'usage',
    meaning: 'The environment variable SOURCE_DATE_EPOCH is not a number of seconds.',
    remedy: 'Set it to whole seconds since 1970, or unset it.',
  },
  ERR_ENVIRONMENT: {
    kind: 'usage',
    meaning: 'An environment variable that stands for a flag has a value that the flag does not take.',
    remedy: 'Correct or unset the variable; --help names the values of the flag.',
  },
  ERR_CANCELLED: {
    kind: 'usage',
    meaning: 'A question was not answered: its input ended, or was interrupted.',
    remedy: 'Run the command again; where nobody can answer, give the answers as flags.',
  },
  ERR_OUTPUT_UNWRITABLE: {
    kind: 'unavailable',
    meaning: 'The file that --output names cannot be written.',
    remedy: 'Name a file in an existing directory that you may write to.',
  },
  ERR_CONFIG: {
    kind: 'usage',
    meaning:
      'A configuration cannot be read, is malformed or contradicts itself: mar.config.json, the configuration of `mar validate`, or config.properties and the flags of the server.',
    remedy: 'Correct the file, key or flag that the message names.',
  },
  ERR_CONFIG_MODULE: {
    kind: 'input',
    meaning: 'A configuration in TypeScript or JavaScript does not compile, or throws while it is loaded.',
    remedy: 'Run the file with Node to see where it fails, or write the configuration as mar.config.json.',
  },
  ERR_OPTION: {
    kind: 'usage',
    meaning: 'An option has a value of the wrong type, or is not one of the choices.',
    remedy: 'Give one of the values that the message names.',
  },
  ERR_ANSWER: {
    kind: 'usage',
    meaning: 'The answer to a question of `mar init` is not one of its choices.',
    remedy: 'Answer with one of the choices.',
  },
  ERR_DIRECTORY_MISSING: {
    kind: 'not-found',
    meaning: 'The directory that `mar init` should set up does not exist.',
    remedy: 'Name the directory that holds the model; with --template a new one is made.',
  },
  ERR_DIRECTORY_UNREADABLE: {
    kind: 'input',
    meaning: 'What was given to `mar init` is not a directory, or cannot be listed.',
    remedy: 'Name the directory that holds the model.',
  },
  ERR_LABELS_UNREADABLE: {
    kind: 'usage',
    meaning: 'The labels file given to `mar init` does not exist or cannot be read.',
    remedy: 'Name a text file with one class per line, in the order of the outputs of the model.',
  },
  ERR_MODEL_UNREADABLE: {
    kind: 'input',
    meaning: 'The ONNX file that `mar init` looked at is not a readable model.',
    remedy: 'Export the model again, or check that the file was copied whole (Git LFS pointers look like this).',
  },
  ERR_TEMPLATE_MODEL: {
    kind: 'input',
    meaning: 'The inputs or outputs of the model are not those that the template is made for.',
    remedy: 'Use the template tensor, or custom-service and prepare the tensors there.',
  },
  ERR_TEMPLATE_SETTING: {
    kind: 'internal',
    meaning: 'A file of templates/ has a placeholder that nothing fills.',
    remedy: 'This is a defect of the tool: please report it.',
  },
  ERR_TOKENIZER_MISSING: {
    kind: 'input',
    meaning: 'A text classifier was chosen, and no tokenizer.json lies beside the model.',
    remedy: 'Save the tokenizer of the model with it (Hugging Face: tokenizer.save_pretrained(DIR)).',
  },
} as const satisfies CodeTable;
