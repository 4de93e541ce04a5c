import type { CodeTable } from '../error-kind.js';

/** The worker process, its start and its protocol; devices; the services that run in it. */
export const WORKER_CODES = {
  ERR_INTERPRETER_NOT_FOUND: {
    kind: 'unavailable',
    meaning: 'No Python that is recent enough was found for a handler in Python.',
    remedy: 'Install Python 3, or name an interpreter with --python or the PYTHON variable.',
  },
  ERR_REQUIREMENTS: {
    kind: 'unavailable',
    meaning: 'pip could not be run, or could not install the requirements of the handler.',
    remedy: 'Install them yourself in the interpreter that --python names, and leave --install-requirements out.',
  },
  ERR_REQUIREMENTS_FILE: {
    kind: 'input',
    meaning: 'The requirements file of the manifest cannot be read, or lies outside the archive.',
    remedy: 'Name a file of the archive in requirementsFile, and pack it.',
  },
  ERR_WORKER_START: {
    kind: 'unavailable',
    meaning: 'No worker of the model came up; the detail has the error of the last one.',
    remedy: 'Correct what the detail says; `mar predict` on the archive shows the same without a server.',
  },
  ERR_WORKER_START_MEMORY: {
    kind: 'unavailable',
    meaning: 'No worker of the model came up, because its handler ran out of memory while it loaded.',
    remedy: 'Free some memory, or use fewer workers.',
  },
  ERR_WORKER_LOAD: {
    kind: 'input',
    meaning: 'The handler failed to load: it, or its initialize, threw an error.',
    remedy: 'Correct what the message quotes, and pack again.',
  },
  ERR_WORKER_OUT_OF_MEMORY: {
    kind: 'limit',
    meaning: 'The handler ran out of memory while it loaded.',
    remedy: 'Free some memory, or use fewer workers.',
  },
  ERR_WORKER_DIED: {
    kind: 'unavailable',
    meaning: 'The process of the worker ended: the handler ended it, crashed it, or somebody killed it.',
    remedy: 'Look at the last lines that it printed; they are in the detail and in the log.',
  },
  ERR_WORKER_TIMEOUT: {
    kind: 'limit',
    meaning: 'The worker did not start, or did not answer, within its time.',
    remedy: 'Give it more time (startup_timeout, default_response_timeout), or make the handler faster.',
  },
  ERR_WORKER_PROTOCOL: {
    kind: 'unavailable',
    meaning:
      'The worker sent something other than an answer: the handler wrote into its channel, or its answer was too large.',
    remedy: 'Print to stdout or stderr only, and keep answers below max_response_size.',
  },
  ERR_WORKER_UNSTARTED: {
    kind: 'unavailable',
    meaning: 'The worker was lost before it started on a batch; the batch goes to another worker.',
    remedy: 'Nothing: only the queue sees this error.',
  },
  ERR_PROTOCOL: {
    kind: 'internal',
    meaning: 'A message between server and worker is malformed.',
    remedy: 'This is a defect of the tool: please report it.',
  },
  ERR_PROTOCOL_LIMIT: {
    kind: 'limit',
    meaning: 'A message between server and worker is larger than allowed.',
    remedy: 'Send or answer less at once, or raise max_request_size or max_response_size.',
  },
  ERR_SANDBOX: {
    kind: 'unavailable',
    meaning: 'Workers were to run in a sandbox, which takes Linux namespaces, and this system grants none.',
    remedy:
      'Run on Linux with unshare, setpriv and user namespaces allowed (docker: `--security-opt seccomp=unconfined`); or without --sandbox, in a container of its own.',
  },
  ERR_UNCONTAINED: {
    kind: 'unavailable',
    meaning: 'An archive was to be run in namespaces of its own and nothing else, and this system grants none.',
    remedy:
      'Run on Linux with unshare, setpriv and user namespaces allowed, in a container too; or `--contain auto`, which runs it all the same and says so.',
  },
  ERR_HANDLER_NOT_FOUND: {
    kind: 'input',
    meaning: 'The handler that the manifest names is not in the archive.',
    remedy: 'Correct model.handler in the manifest: it names a module and an export, as service:handle.',
  },
  ERR_ENTRY_POINT: {
    kind: 'input',
    meaning: 'The module of the handler lacks the export that the manifest names, or it is not something to call.',
    remedy: 'Export a function handle(batch, context), or a class with a method handle(batch, context).',
  },
  ERR_DEVICE_CONTEXT: {
    kind: 'usage',
    meaning: 'The flags for devices contradict each other, or name an accelerator that does not exist.',
    remedy: 'Correct the flag that the message names; docs/packing.md describes them.',
  },
  ERR_DEVICE_DECLARATION: {
    kind: 'input',
    meaning: 'The manifest declares a device in a way that cannot be understood.',
    remedy: 'Pack the archive again; `mar validate` shows the place.',
  },
  ERR_DEVICE_UNAVAILABLE: {
    kind: 'unavailable',
    meaning:
      'The device that the archive asks for is not on this machine, and the archive does not allow the CPU instead.',
    remedy: 'Rebuild the archive with --accelerator-fallback cpu to run it on the CPU.',
  },
  ERR_ACCELERATOR: {
    kind: 'usage',
    meaning:
      'An emulated accelerator does not exist: --accelerators names an unknown type or too many, EI_VISIBLE_DEVICES or a request one that is not attached.',
    remedy: '`mar eia describe` lists those that are attached, with their ordinals and ids.',
  },
  ERR_ACCELERATOR_MEMORY: {
    kind: 'limit',
    meaning: 'A model has no room in the memory of the emulated accelerator; each worker takes as much as the model.',
    remedy: 'Start fewer workers, unregister another model, or attach a larger type with --accelerators.',
  },
  ERR_ACCELERATOR_FAULT: {
    kind: 'unavailable',
    meaning:
      'A fault was injected into the emulated accelerator, and the archive does not allow the CPU instead (`fallback: fail`).',
    remedy: 'End the fault: PUT /accelerators/N?health=healthy&connected=true at the management API.',
  },
  ERR_NOT_INITIALIZED: {
    kind: 'input',
    meaning: 'A service was called before its model was loaded.',
    remedy: 'A service that overrides initialize calls `await super.initialize(context)` first.',
  },
  ERR_MODEL_FILE: {
    kind: 'input',
    meaning: 'It is unclear which file is the model: there is none, there are several, or it lies outside the archive.',
    remedy: 'Name it in the manifest (model.serializedFile) or in the service (modelFile).',
  },
  ERR_MODEL_TYPE: {
    kind: 'input',
    meaning: 'An input or output of the model has a type that cannot pass through ONNX Runtime for Node.',
    remedy: 'Convert the model so that its inputs and outputs are tensors of a common type.',
  },
  ERR_MODEL_LOCALE: {
    kind: 'unavailable',
    meaning: 'The model normalizes text in a locale that the machine does not have.',
    remedy: 'Install the locale, or export the model with locale "C".',
  },
  ERR_MODEL_INPUT: {
    kind: 'input',
    meaning: 'The inputs of the model are not those that the service prepares.',
    remedy: 'Write a service that extends OnnxService, or use the service tensor.',
  },
  ERR_MODEL_OUTPUT: {
    kind: 'input',
    meaning: 'The outputs of the model are not those that the service reads.',
    remedy: 'Describe them in service.json, or write a service that extends OnnxService.',
  },
  ERR_SERVICE_ARGUMENT: {
    kind: 'input',
    meaning:
      'A function of model-archiver/service was called with a value that does not fit: a shape, an axis, an option.',
    remedy: 'Correct the call in the handler; docs/handlers.md describes the values of each function.',
  },
  ERR_SERVICE_CONFIG: {
    kind: 'input',
    meaning: 'The file service.json is malformed, or a setting in it does not fit the service or the model.',
    remedy: 'Correct the field that the message names; schemas/service.schema.json describes all of them.',
  },
  ERR_TOKENIZER: {
    kind: 'input',
    meaning: 'The tokenizer of a text classifier is missing or malformed.',
    remedy: "Put the model's tokenizer.json beside the ONNX file, or name it in service.json: text.tokenizer.",
  },
} as const satisfies CodeTable;
