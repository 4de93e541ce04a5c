/** Where an archive can move to. */
export type MigrationTarget = 'cpu' | 'gpu' | 'inferentia';
export const MIGRATION_TARGETS: readonly MigrationTarget[] = ['cpu', 'gpu', 'inferentia'];

/** One thing that code for accelerators does, how it is recognised, and what becomes of it. */
export interface HandlerFact {
  /** How it is called here. */
  readonly name: string;
  /** Matches a line of the code, comments and texts taken out unless `inTexts`. */
  readonly pattern: RegExp;
  readonly language: 'python' | 'script';
  /** It is looked for in the whole call, which may go over several lines. */
  readonly spans?: true;
  /** It stands in a text, such as the name of a variable of the environment. */
  readonly inTexts?: true;
  /** Why the EI builds did not allow it; absent for what was right there. */
  readonly refused?: string;
  /** What has to change for each target; a target that is not named needs no change. */
  readonly change: Readonly<Partial<Record<MigrationTarget, string>>>;
  /** What can be put in its place without looking at the rest; the pattern's match is replaced. */
  readonly safe?: Readonly<Partial<Record<MigrationTarget, string>>>;
}

const COMPILE = 'compile the model with AWS Neuron';
const all = (what: string): HandlerFact['change'] => ({ cpu: what, gpu: what, inferentia: what });

/** What handlers in Python and TypeScript did to use an accelerator (AWS documentation, SDK sources, users' failures). */
export const HANDLER_FACTS: readonly HandlerFact[] = [
  {
    name: 'array on an accelerator',
    language: 'python',
    pattern: /\bnd\.(?:array|zeros|ones|empty|full)\([^\n]*ctx\s*=\s*(?:mx|mxnet)\.eia\(/,
    refused: 'An array is placed on the accelerator, which fails: data stays on mx.cpu().',
    change: {},
  },
  {
    name: 'mx.eia()',
    language: 'python',
    pattern: /\b(?:mx|mxnet)\.eia\([^()]*\)/,
    change: {
      cpu: 'mx.cpu() in its place',
      gpu: 'mx.gpu(0) in its place, and data on the same device',
      inferentia: `${COMPILE} (mxnet-neuron, mx.neuron()), and bind that`,
    },
    safe: { cpu: 'mx.cpu()' },
  },
  {
    name: 'mx.gpu()',
    language: 'python',
    pattern: /\b(?:mx|mxnet)\.gpu\(/,
    refused: 'mx.gpu() was not supported in EI builds.',
    change: { cpu: 'mx.cpu() in its place', inferentia: 'the context of mxnet-neuron in its place' },
  },
  {
    name: 'optimize_for EIA',
    language: 'python',
    inTexts: true,
    pattern: /\.optimize_for\(\s*['"]EIA['"][^()]*\)/,
    change: {
      cpu: "take the call out: the symbol runs as it is (sym.optimize_for('MKLDNN') exists for the cpu)",
      gpu: 'take the call out, and bind to mx.gpu(0)',
      inferentia: COMPILE,
    },
  },
  {
    name: 'import eimx',
    language: 'python',
    pattern: /^\s*(?:import|from)\s+eimx\b/,
    change: all('take the import out: the module is gone'),
  },
  {
    name: 'binding for training',
    language: 'python',
    spans: true,
    pattern: /\.(?:simple_)?bind\((?![^\n]*for_training\s*=\s*False)[^\n]*(?:data_shapes|for_training\s*=\s*True)/,
    refused: 'bind() without for_training=False: only inference ran on an accelerator.',
    change: {},
  },
  {
    name: 'backward()',
    language: 'python',
    pattern: /\.backward\(|\bautograd\.record\(/,
    refused: 'A backward pass: only inference ran on an accelerator.',
    change: {},
  },
  {
    name: 'EIPredictor',
    language: 'python',
    pattern: /\bEIPredictor\b/,
    change: {
      cpu: 'tf.contrib.predictor.from_saved_model, or tf.saved_model.load of TensorFlow 2, in its place',
      gpu: 'tf.saved_model.load in its place: TensorFlow takes the GPU by itself',
      inferentia: `${COMPILE} (tensorflow-neuron), then tf.saved_model.load`,
    },
  },
  {
    name: 'ei_for_tf',
    language: 'python',
    pattern: /\bei_for_tf\b/,
    change: all('take the import out: the module is gone'),
  },
  {
    name: 'target_device of TorchScript',
    language: 'python',
    inTexts: true,
    pattern: /optimized_execution\([^\n]*['"]target_device['"]/,
    change: {
      cpu: 'torch.jit.optimized_execution(True) without target_device',
      gpu: "torch.jit.optimized_execution(True) without target_device; model and inputs .to('cuda')",
      inferentia: `${COMPILE} (torch.neuron.trace), and load what it writes`,
    },
  },
  {
    name: 'attach_eia',
    language: 'python',
    pattern: /\battach_eia\(/,
    change: {
      cpu: 'take the call out: the loaded module runs as it is',
      gpu: "model.to('cuda') in its place, and the inputs too",
      inferentia: `${COMPILE} (torch.neuron.trace), and load what it writes`,
    },
  },
  {
    name: 'import torcheia',
    language: 'python',
    pattern: /^\s*(?:import|from)\s+torcheia\b/,
    change: all('take the import out: the module is gone'),
  },
  {
    name: "SageMaker's variable",
    language: 'python',
    inTexts: true,
    pattern: /SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT|EI_VISIBLE_DEVICES/,
    change: all('take the branch out: nothing sets this variable any more'),
  },
  {
    name: 'context.device.accelerator',
    language: 'script',
    pattern: /\.accelerator\b/,
    change: all('it is undefined from now on: handle that, or take the branch out'),
  },
  {
    name: 'the device eia',
    language: 'script',
    inTexts: true,
    pattern: /['"`]eia(?::\d+)?['"`]|startsWith\(\s*['"`]eia/,
    change: {
      cpu: "context.device.model is 'cpu' from now on",
      gpu: "context.device.model is 'gpu:0' from now on",
      inferentia: "context.device.model is 'cpu' from now on: ONNX Runtime has no provider for Inferentia",
    },
  },
  {
    name: "SageMaker's variable",
    language: 'script',
    inTexts: true,
    pattern: /SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT|EI_VISIBLE_DEVICES/,
    change: all('take the branch out: nothing sets this variable any more'),
  },
];
