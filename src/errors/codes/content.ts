import type { CodeTable } from '../error-kind.js';

/** The manifest, models and golden cases of an archive, and what is asked of the validator, `mar predict` and `mar cost`. */
export const CONTENT_CODES = {
  ERR_MANIFEST_MISSING: {
    kind: 'input',
    meaning: 'The archive has no MAR-INF/MANIFEST.json, which every model archive must have.',
    remedy: 'Build the archive with model-archiver; a plain zip of the folder is not enough.',
  },
  ERR_MANIFEST_JSON: {
    kind: 'input',
    meaning: 'The manifest is not JSON.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_INVALID: {
    kind: 'input',
    meaning: 'A field of the manifest is missing or has an invalid value.',
    remedy: '`mar validate` shows the place and what is expected there.',
  },
  ERR_MANIFEST_NO_MODEL: {
    kind: 'input',
    meaning: 'The manifest has no model.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_NO_SERVICE: {
    kind: 'input',
    meaning: 'The manifest, of version 0.4, names no service.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_NO_NAME: {
    kind: 'input',
    meaning: 'The manifest does not name the model, and neither did the request.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_NAME: {
    kind: 'input',
    meaning: 'The name of the model in the manifest is not Unicode.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_NO_HANDLER: {
    kind: 'input',
    meaning: 'The manifest does not name the handler, and neither did the request.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_RUNTIME: {
    kind: 'input',
    meaning: 'The runtime of the manifest is unknown, or one that only TorchServe has.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_MANIFEST_NO_ENGINE_NAME: {
    kind: 'input',
    meaning: 'The manifest has an engine without a name.',
    remedy: 'Correct it and pack again; `mar validate` shows the place.',
  },
  ERR_ONNX_UNREADABLE: {
    kind: 'input',
    meaning: 'The file is not a readable ONNX model.',
    remedy:
      'Export the model again, or check that the file was copied whole (Git LFS pointers and truncated downloads look like this).',
  },
  ERR_LABELS_FORM: {
    kind: 'input',
    meaning: 'A file of class labels in JSON is neither a list of labels nor an object by class number.',
    remedy:
      'Write a text file with one label per line, or a JSON list of labels, in the order of the outputs of the model.',
  },
  ERR_GOLDEN_CASE: {
    kind: 'not-found',
    meaning: 'A golden case names a request file that is not in the archive.',
    remedy: 'Put the file into MAR-INF/tests and pack again, or correct the name in the case.',
  },
  ERR_INPUT_UNREADABLE: {
    kind: 'not-found',
    meaning: 'The input for `mar predict` does not exist or cannot be read.',
    remedy: 'Name a readable file; without one the request has no body.',
  },
  ERR_NOT_RECORDED: {
    kind: 'input',
    meaning: 'An input for `mar build --record` is not answered with 200, so that its answer is nothing to expect.',
    remedy: 'Correct the input or the handler; a case that expects an error is written by hand, with its `status`.',
  },
  ERR_NOT_ATTESTED: {
    kind: 'input',
    meaning:
      '`mar validate --run --attest` has nothing to attest: the archive failed, or none of its answers was checked.',
    remedy: 'Correct what is reported, give the archive golden cases, and validate it again.',
  },
  ERR_SERVER_RUNNING: {
    kind: 'conflict',
    meaning: 'A server that `mar serve-local --start` has started is running already.',
    remedy: 'End it with `mar serve-local --stop`, or start another one without --start.',
  },
  ERR_SERVER_NOT_STARTED: {
    kind: 'not-found',
    meaning: 'There is no server for `mar serve-local --stop` to end: none was started with --start, or it has ended.',
    remedy: 'A server without --start ends with Ctrl-C or a SIGTERM to its process.',
  },
  ERR_SERVER: {
    kind: 'unavailable',
    meaning: 'The server that `mar predict` or `mar test` asks could not be reached, or closed the connection.',
    remedy: 'Check the address, and that the server runs; `mar serve-local` starts one.',
  },
  ERR_SERVER_TIMEOUT: {
    kind: 'unavailable',
    meaning: 'The server that `mar predict` or `mar test` asks did not answer in time.',
    remedy: 'Ask again with a longer --timeout, or look at the log of the server.',
  },
  ERR_RULE_UNKNOWN: {
    kind: 'usage',
    meaning: 'There is no rule with this id or name.',
    remedy: '`mar rules` lists all rules.',
  },
  ERR_ALLOW_ENTRY: {
    kind: 'usage',
    meaning:
      'The allow list for pickles has an entry that names nothing that can be imported, or something that is known to run commands.',
    remedy:
      'Name a class or a function as the pickle does (nets.Net), or all of a module (nets.*); `mar validate --explain FILE` lists what a pickle imports.',
  },
  ERR_SEVERITY_UNKNOWN: {
    kind: 'usage',
    meaning: 'The level of a rule is not written as RULE=LEVEL, or the level is not one.',
    remedy: 'The levels are error, warning, note and off, for example --severity unknown-field=error.',
  },
  ERR_TARGET_UNKNOWN: {
    kind: 'usage',
    meaning: 'The server to validate for is not one that the validator knows.',
    remedy: 'Name one of the targets that the message lists.',
  },
  ERR_EIA_NO_MODEL: {
    kind: 'input',
    meaning: 'There is no model in the archive that `mar eia plan` could look at.',
    remedy:
      'Name an archive or directory with an ONNX file, an MXNet -symbol.json, a TorchScript or a TensorFlow file.',
  },
  ERR_EIA_NOT_DECLARED: {
    kind: 'input',
    meaning: 'An archive that was to be migrated off Elastic Inference has nothing to do with it.',
    remedy: 'There is nothing to migrate: it runs as it is.',
  },
  ERR_COST_FILE: {
    kind: 'input',
    meaning: 'A file of measurements or of prices for `mar cost` cannot be read, is not JSON, or is not of its form.',
    remedy: 'Correct the field that the message names; schemas/ describes both files.',
  },
  ERR_PRICE_MISSING: {
    kind: 'input',
    meaning: 'There is no price for something that a row of `mar cost` uses.',
    remedy: 'Add it to the file of prices, or correct the name in the row.',
  },
} as const satisfies CodeTable;
